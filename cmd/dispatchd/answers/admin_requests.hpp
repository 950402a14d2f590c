#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

/// What can be asked of a zone, as data: the service looks verbs and errors up here, and the
/// contract and the reference are made of it.
namespace dispatch::daemon {

inline constexpr std::size_t list_limit = 100;
inline constexpr std::size_t list_limit_max = 1000;
inline constexpr std::size_t history_limit = 50;
inline constexpr std::size_t history_limit_max = 1000;
/// One decision has at most about 12 KB of evidence, and an answer must stay below 1 MiB.
inline constexpr std::size_t explain_limit = 10;
inline constexpr std::size_t explain_limit_max = 50;

/// Of a question.
inline constexpr std::size_t question_bytes_max = 4096;
/// A page of a history ends when its entries have so many bytes.
inline constexpr std::size_t page_bytes_max = std::size_t{512} << 10;
/// Servers pass on 1 MiB.
inline constexpr std::size_t answer_bytes_max = std::size_t{1000} << 10;

/// One verb: the last token of the subject. Its messages are those of dispatch/v1/admin.proto,
/// which says what their fields mean.
struct admin_request {
  std::string_view verb;
  std::string_view request; ///< name of the message
  std::string_view answer;  ///< likewise; empty: a record in protobuf
  std::vector<std::string_view> required = {};
  std::size_t limit = 0; ///< where the request has none; 0: it can have none
  std::size_t limit_max = 0;
};

/// The verbs, in the order in which they are told to who asks for another one.
const std::vector<admin_request>& admin_requests();

/// Why a question has no answer.
struct admin_error {
  std::string_view err_code; ///< stable
  int code;                  ///< follows HTTP
  std::string_view meaning;
};

const std::vector<admin_error>& admin_errors();

} // namespace dispatch::daemon
