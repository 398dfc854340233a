// The gateway as a program of its own, as the node starts it.
#include "gateway/host.h"

int main(int argc, char** argv) { return holon::gateway::run_gateway_host(argc, argv); }
