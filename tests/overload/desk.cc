// The program that is called too often: a host like any other.
#include "tests/overload/desk.h"

int main(int argc, char** argv) { return holon::serve<holon::overload::Desk>(argc, argv); }
