// The rules of documents.hpp hold for the source tree; and each of them finds a made-up offender
// and leaves its innocent twin alone.

#include "tests/architecture/documents.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace dispatch::architecture;

namespace {

using rule = violations (*)(const source_tree&);

void expect_none(rule check) {
  static const source_tree tree = read_tree(DISPATCH_SOURCE_DIR);
  for (const auto& violation : check(tree)) {
    FAIL_CHECK(violation);
  }
  CHECK(tree.contains("README.md"));
}

void expect_found(rule check, const source_tree& offending, const std::string& place,
                  const source_tree& innocent) {
  const auto found = check(offending);
  REQUIRE(found.size() == 1);
  CHECK(found.front().starts_with(place + ": "));
  CHECK(check(innocent).empty());
}

std::string words(int count) {
  std::string text = "One";
  for (int i = 1; i < count; ++i) {
    text += i % 10 == 0 ? "\nword" : " word";
  }
  return text + ".";
}

} // namespace

TEST_CASE("sentences of documents are short") { expect_none(long_sentences); }
TEST_CASE("links of documents lead somewhere") { expect_none(dead_links); }
TEST_CASE("READMEs are short") { expect_none(oversized_documents); }
TEST_CASE("lines of documents are short") { expect_none(wide_documents); }

TEST_CASE("self-test: long sentences are found") {
  const source_tree innocent = {
      {"a.md", words(40) + " And " + words(39) + "\n\n" + words(30) + "\n\n" + words(30)},
      {"b.md", "- " + words(30) + "\n- " + words(30) + "\n1. " + words(30) + "\n\n| " +
                   std::string(60, 'x') + " a b c d e f g h i j k l m n o p q r s t u v w | " +
                   "a b c d e f g h i j k l m n o p q r s t u v w |"},
      {"c.md", "```sh\n" + words(90) + "\n```\n"},
      {"d.md", "<!-- Generated -->\n" + words(90)},
      {"e.cpp", words(90)}};
  CHECK(long_sentences(innocent).empty());
  const auto expect = [&](const std::string& text, const std::string& line) {
    CAPTURE(text);
    expect_found(long_sentences, {{"a.md", text}}, "a.md:" + line, innocent);
  };
  expect("# Title\n\n" + words(41), "3");
  expect("A line.\n- An item.\n- " + words(41), "3");
  expect("> " + words(41), "1");
  expect("See e.g. " + words(40), "1");
  expect(
      "| a |\n| --- |\n| " + std::string("b ") +
          "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p |",
      "3");
}

TEST_CASE("self-test: words and ends of sentences are counted as they are read") {
  const auto found = sentences_of("It says `a b. c d` - see [the\nother page](a/b.md) (2.9.10 and "
                                  "older). Another one!");
  REQUIRE(found.size() == 2);
  CHECK(found[0].words == 10);
  CHECK(found[1].words == 2);
}

TEST_CASE("self-test: links that lead nowhere are found") {
  const source_tree innocent = {
      {"a/b.md", "# The `x_y` z\n[c](../c.md#some-heading-1) [d](#the-x_y-z) [e](../a) [f](b.md) "
                 "[g](https://h) `[h](nowhere)`\n```\n[i](nowhere)\n```\n"},
      {"c.md", "## Some *heading*\n## Some heading\n"}};
  CHECK(dead_links(innocent).empty());
  for (const std::string target :
       {"nowhere.md", "#nothing", "../c.md#other", "/c.md", "../../c.md", "c.md"}) {
    CAPTURE(target);
    auto offending = innocent;
    offending["a/d.md"] = "Text\n[x](" + target + ")";
    expect_found(dead_links, offending, "a/d.md:2", innocent);
  }
}

TEST_CASE("self-test: long READMEs and wide lines are found") {
  const std::string lines(60, '\n');
  expect_found(oversized_documents, {{"a/README.md", lines + "\n"}}, "a/README.md",
               {{"a/README.md", lines}, {"README.md", lines + lines}, {"a/b.md", lines + lines}});
  expect_found(oversized_documents, {{"README.md", lines + lines + "\n"}}, "README.md", {});
  const std::string wide(101, 'x');
  expect_found(wide_documents, {{"a.md", "x\n" + wide}}, "a.md:2",
               {{"a.md", "| " + wide + " |\n" + std::string(100, 'x')}, {"b.txt", wide}});
}
