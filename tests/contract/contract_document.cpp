#include "tests/contract/document.hpp"

#include <exception>
#include <iostream>

/// Writes the AsyncAPI document of the contract to stdout. The argument is protoc's descriptor
/// file.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: contract_document DESCRIPTORS\n";
    return 2;
  }
  try {
    std::cout << dispatch::contract::text_of(dispatch::contract::document_of(argv[1]));
  } catch (const std::exception& error) {
    std::cerr << "contract_document: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
