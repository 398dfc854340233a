#include "greeter.h"

int main(int argc, char** argv) { return holon::serve<Greeter>(argc, argv); }
