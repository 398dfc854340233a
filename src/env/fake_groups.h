// For tests: a folder that looks as the kernel's control groups.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "env/processors.h"

namespace holon::env {

class FakeGroups : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "groups.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    mount_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(mount_); }

  void file(const std::filesystem::path& below, const std::string& content = "") {
    std::filesystem::create_directories((mount_ / below).parent_path());
    std::ofstream(mount_ / below) << content;
  }
  /// The file `own` says where this process is.
  ControlGroups groups_here() const { return {.mount = mount_, .own = mount_ / "own"}; }

  std::filesystem::path mount_;
};

}  // namespace holon::env
