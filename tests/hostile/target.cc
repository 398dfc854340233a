// The program that is attacked: a host like any other.
#include "tests/hostile/target.h"

int main(int argc, char** argv) { return holon::serve<holon::hostile::Target>(argc, argv); }
