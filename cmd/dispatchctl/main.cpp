#include "cmd/dispatchctl/invocation.hpp"
#include "cmd/shared/progress_line.hpp"

#include <iostream>
#include <unistd.h>

int main(int argc, char** argv) {
  using namespace dispatch;
  ctl::console io{std::cin, std::cout, std::cerr,
                  ::isatty(STDIN_FILENO) == 1 && cli::stderr_is_terminal()};
  const auto asked = ctl::parse(argc, argv, io);
  if (const auto* end = std::get_if<cli::exit_code>(&asked)) {
    return static_cast<int>(*end);
  }
  return static_cast<int>(ctl::run(std::get<ctl::invocation>(asked), io));
}
