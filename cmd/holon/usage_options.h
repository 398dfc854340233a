// What many verbs say of the options they share.
#pragma once

namespace holon::cli {

inline constexpr const char* file_about = "the application's holon.yaml";
inline constexpr const char* overlay_about = "lay holon.NAME.yaml, beside the file, over it; of several the later over the earlier";
inline constexpr const char* json_about = "as JSON, on one line";
inline constexpr const char* json_lines_about = "as JSON: one document, or one on each line of what goes on";
inline constexpr const char* since_about = "from then on: 30s, 10m, 2h or 3d ago, or a time as 2026-02-24T18:00:00Z";

}  // namespace holon::cli
