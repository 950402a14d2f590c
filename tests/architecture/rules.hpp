#pragma once

#include "tests/architecture/text.hpp"

#include <string>
#include <vector>

/// The rules of the source tree that a compiler does not check. The tables are in rules.cpp.
namespace dispatch::architecture {

/// What breaks a rule: `path[:line]: what is wrong`, in path order. Empty when nothing does.
using violations = std::vector<std::string>;

violations libraries_outside_their_folders(const source_tree& tree);
violations generated_headers_leaking(const source_tree& tree);
violations dependencies_against_direction(const source_tree& tree);
violations impure_domain(const source_tree& tree);
violations oversized_text(const source_tree& tree);
/// Folders of the product with more sources than a reader takes in at a glance.
violations crowded_folders(const source_tree& tree);
violations tabs(const source_tree& tree);
/// Names of test cases that CTest takes for two: each half would run nothing, and pass.
violations split_test_names(const source_tree& tree);
violations unbuilt_sources(const source_tree& tree);
violations headers_without_guard(const source_tree& tree);
violations unknown_top_level_entries(const source_tree& tree);
violations folders_without_readme(const source_tree& tree);
violations banned_words(const source_tree& tree);
/// Failpoints by names that the list in failpoint.hpp lacks.
violations unlisted_failpoints(const source_tree& tree);

} // namespace dispatch::architecture
