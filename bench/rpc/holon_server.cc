#include "echo_service.h"

int main(int argc, char** argv) { return holon::serve<bench::EchoService>(argc, argv); }
