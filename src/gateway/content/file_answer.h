// Answering with a file that is open: conditions, ranges, and its bytes in pieces.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "env/disk.h"
#include "env/environment.h"
#include "gateway/visit.h"

namespace holon::gateway {

/// A file that was chosen for a request.
struct OpenedFile {
  std::unique_ptr<env::OpenFile> file;
  std::string_view content_type;
  std::string_view content_encoding;  ///< empty: none
  bool varies = false;                ///< another Accept-Encoding would have chosen another file, or may see it compressed
};

/// On which terms files are answered with.
struct FileTerms {
  const std::string& cache_control;  ///< empty: none
  nanoseconds longest;               ///< a file that is no small one may take so long
};

/// Answers a GET or HEAD: 200, 206, 304, 412 or 416.
void answer_with(Visit& visit, const OpenedFile& opened, const FileTerms& terms, env::Environment& environment);

}  // namespace holon::gateway
