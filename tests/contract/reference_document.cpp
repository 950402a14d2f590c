#include "tests/contract/reference.hpp"

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>

/// Writes the pages of the reference into a folder. The arguments are protoc's descriptor file, the
/// root of the source tree, and the folder.
int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: reference_document DESCRIPTORS SOURCES FOLDER\n";
    return 2;
  }
  try {
    const std::filesystem::path folder{argv[3]};
    std::filesystem::create_directories(folder);
    for (const auto& [name, text] : dispatch::contract::reference_pages(argv[1], argv[2])) {
      std::ofstream file{folder / name};
      if (!(file << text).flush()) {
        throw std::runtime_error("cannot write " + (folder / name).string());
      }
    }
  } catch (const std::exception& error) {
    std::cerr << "reference_document: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
