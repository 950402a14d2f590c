#pragma once

#include "tests/architecture/rules.hpp"

#include <string>
#include <vector>

/// The rules of documents: all Markdown, but for the pages that are made from the code, of which
/// only the links have to hold.
namespace dispatch::architecture {

/// Sentences of more than 40 words. A code span and a link's text are read, a link's target is not;
/// fenced blocks are no prose. An item of a list, a heading and a cell of a table stand alone.
violations long_sentences(const source_tree& tree);
/// Relative links to a file, a folder or a heading that is not there.
violations dead_links(const source_tree& tree);
/// The top README has at most 120 lines, those of folders 60 but for the index of decisions; a line
/// outside tables has at most 100 columns.
violations oversized_documents(const source_tree& tree);
violations wide_documents(const source_tree& tree);

struct sentence {
  std::size_t line = 0; ///< in which its paragraph begins
  std::size_t words = 0;
  std::string text;
};
std::vector<sentence> sentences_of(std::string_view markdown);

} // namespace dispatch::architecture
