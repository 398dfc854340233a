// TRY: HOLON_TRY by its short name, for sources that opt in by including this header.
#pragma once

#include "holon/result.h"

#define TRY(...) HOLON_TRY(__VA_ARGS__)
