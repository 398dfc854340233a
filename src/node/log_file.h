// A log file: begun at a start, and read from its end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "holon/result.h"

namespace holon::env {
class Disk;
}

namespace holon::node {

/// Where what is written from now on begins. A file of more than 64 MiB is begun anew.
Result<std::uint64_t> begin_log(env::Disk& disk, const std::filesystem::path& file);

/// The last lines from `offset` on, at most `most`, oldest first. Of a long file only the last 64 KiB are looked at.
std::vector<std::string> last_lines(env::Disk& disk, const std::filesystem::path& file, std::size_t most,
                                    std::uint64_t offset = 0);

/// The line as text that messages can carry: what is no UTF-8 becomes `?`, and of a longer one there are `bytes_max`.
std::string as_text(std::string_view line, std::size_t bytes_max = std::size_t{64} << 10);

/// Calls `visit` on each line that ends in `text`, and gives how many bytes they are.
std::size_t each_line(std::string_view text, const std::function<void(std::string_view)>& visit);

}  // namespace holon::node
