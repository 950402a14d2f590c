#define DOCTEST_CONFIG_IMPLEMENT // WITH_MAIN alone is not seen behind a precompiled header
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
