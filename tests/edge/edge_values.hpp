#pragma once

#include <string>
#include <vector>

/// What nobody should give to a program, and somebody will.
namespace dispatch::edge {

/// Resemble numbers, but are none that anything could be set to.
inline const std::vector<std::string> numbers_that_are_none = {"nan",
                                                               "-nan",
                                                               "inf",
                                                               "-inf",
                                                               "1e300",
                                                               "-1e300",
                                                               "1x",
                                                               "99999999999999999999",
                                                               "-99999999999999999999"};

/// Any of these may be given for anything, also for a name or a text.
inline const std::vector<std::string> hostile_texts = {"",
                                                       "-1",
                                                       "0",
                                                       "nan",
                                                       "1e300",
                                                       "99999999999999999999",
                                                       "no-such-name",
                                                       "a.b>*",
                                                       "../../nowhere",
                                                       "line\nbreak\x1b[31m"};

/// No text at all, and more than any name may have.
inline const std::vector<std::string> broken_texts = {"\xff\xfe", std::string(5000, 'x')};

/// Numbers and spans that an option of any kind takes at least one of.
inline const std::vector<std::string> good_numbers = {"1",    "0.5", "1s",    "100", "100ms",
                                                      "1MiB", "40%", "12:30", "1m"};

} // namespace dispatch::edge
