#include "tests/contract/limits_text.hpp"
#include "tests/contract/markdown.hpp"
#include "tests/contract/reference.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

using namespace dispatch;

namespace {

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

TEST_CASE("deploy/docs/reference is what the code says") {
  const std::filesystem::path folder{std::string{SOURCES} + "/deploy/docs/reference"};
  const auto pages = contract::reference_pages(CONTRACT_DESCRIPTORS, SOURCES);
  for (const auto& [name, text] : pages) {
    const auto is_up_to_date = content_of(folder / name) == text;
    CHECK_MESSAGE(is_up_to_date, "deploy/docs/reference/"
                                     << name
                                     << " is not; write it anew: cmake "
                                        "--build build/release --target update_contract");
    CHECK(text.starts_with(contract::generated_line));
  }
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    CHECK_MESSAGE(pages.contains(entry.path().filename().string()), entry.path().filename().string()
                                                                        << " is made from nothing");
  }
}

TEST_CASE("limits are read with their reasons, and written as people write them") {
  using contract::shown_limit;
  const auto found = contract::limits_in("/// About the file.\nnamespace x {\n\n"
                                         "/// Two of\n/// a kind.\n"
                                         "inline constexpr std::size_t a_bytes = 64 * 1024;\n"
                                         "inline constexpr std::size_t b =\n    200'000;\n\n"
                                         "/// Another.\ninline constexpr std::size_t c = 2 * b;\n");
  REQUIRE(found.size() == 2);
  CHECK(found[0].names == std::vector<std::string>{"a_bytes", "b"});
  CHECK(found[0].values == std::vector<std::string>{"64 KiB", "200,000"});
  CHECK(found[0].reason == "Two of a kind.");
  CHECK(found[1].values == std::vector<std::string>{"`2 * b`"});
  CHECK_THROWS(contract::limits_in("/// One.\ninline constexpr int a = 1;\n\n"
                                   "inline constexpr int b = 1;\n"));
  CHECK(shown_limit("age", "7 * 24h") == "7 days");
  CHECK(shown_limit("time", "200ms") == "200 ms");
  CHECK(shown_limit("bytes", "1000") == "1,000 bytes");
  CHECK(shown_limit("cost", "100'000.0") == "100,000");
}

TEST_CASE("a table is padded, and a bar in a cell ends none") {
  contract::markdown_page page{"Title"};
  page.table({"a", "b"}, {{"a|b", "long text"}});
  CHECK(page.take() == std::string{contract::generated_line} +
                           "# Title\n\n| a    | b |\n| ---  | --- |\n| a\\|b | long text |\n");
  CHECK(contract::anchor_of("Order `place`, now") == "order-place-now");
}
