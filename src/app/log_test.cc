#include "holon/log.h"

#include "fiber/call.h"
#include "holon/testing.h"

namespace holon {
namespace {

using ::testing::HasSubstr;

std::string said(const std::function<void()>& speak) {
  ::testing::internal::CaptureStderr();
  speak();
  return ::testing::internal::GetCapturedStderr();
}

TEST(Log, ALineOfACallNamesItsTrace) {
  testing::Host host;
  Call& call = host.call();
  std::string line = said([&] { log::info(call, "order placed", {{"order", "o-\"17\""}, {"items", 3}, {"paid", true}}); });
  EXPECT_TRUE(line.starts_with("{\"time\":\"2")) << line;
  EXPECT_TRUE(line.ends_with("}\n")) << line;
  EXPECT_THAT(line, HasSubstr("\"level\":\"info\""));
  EXPECT_THAT(line, HasSubstr("\"trace_id\":\"" + call.trace().trace_id() + "\""));
  EXPECT_THAT(line, HasSubstr("\"span_id\":\"" + call.trace().span_id() + "\""));
  EXPECT_THAT(line, HasSubstr(R"("message":"order placed","order":"o-\"17\"","items":3,"paid":true)"));
  EXPECT_EQ(call.trace().trace_id().size(), 32u);
}

TEST(Log, WhatIsBelowTheLevelIsNotWritten) {
  log::set_level(log::Level::error);
  std::string silent = said([] { log::write(log::Level::warning, "hush"); });
  log::set_level(log::Level::info);
  EXPECT_EQ(silent, "");
  EXPECT_THAT(said([] { log::write(log::Level::warning, "heard"); }), HasSubstr("heard"));
}

TEST(Log, AnOversizeFieldIsNamedInsteadOfWritten) {
  std::string line = said([] { log::write(log::Level::info, "big", {{"blob", std::string(100'000, 'x')}}); });
  EXPECT_LT(line.size(), 20'000u);
  EXPECT_THAT(line, HasSubstr("\"truncated\":\"blob\""));
}

}  // namespace
}  // namespace holon
