#include "contract/source_text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace holon::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;

constexpr int tab_columns = 8;

void advance(TextPlace& place, char c) {
  if (c == '\n') {
    place = {place.line + 1, 0};
  } else {
    place.column += c == '\t' ? tab_columns - place.column % tab_columns : 1;
  }
}

/// What a parser finds wrong is no news: protoc has accepted the text.
struct Deaf final : google::protobuf::io::ErrorCollector {
  void AddError(int, google::protobuf::io::ColumnNumber, const std::string&) override {}
};

/// Past blanks and comments.
std::size_t skip_gap(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("//") || rest.starts_with('#')) {
      at = std::min(text.find('\n', at), text.size());
    } else if (rest.starts_with("/*")) {
      const std::size_t end = text.find("*/", at + 2);
      at = end == text.npos ? text.size() : end + 2;
    } else if (std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos) {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

/// Where the value begins that follows a name and `separator` ("=" or ":"), of which the latter may be left out.
std::size_t value_after(std::string_view text, std::size_t at, char separator) {
  while (at < text.size() && std::string_view(" \t\r\n:={<\"'/#").find(text[at]) == std::string_view::npos) ++at;
  at = skip_gap(text, at);
  return at < text.size() && text[at] == separator ? skip_gap(text, at + 1) : at;
}

/// Where the character number `number`, from 1, of the string stands that begins at `quote`. In one with escapes it is not
/// looked for behind the first of them.
std::size_t character_of(std::string_view text, std::size_t quote, std::size_t number) {
  if (quote >= text.size() || (text[quote] != '"' && text[quote] != '\'')) return quote;
  std::size_t at = quote + 1;
  while (--number > 0 && at < text.size() && text[at] != '\\' && text[at] != text[quote] && text[at] != '\n') ++at;
  return at;
}

}  // namespace

std::optional<TextPlace> SourceText::inside_option(TextPlace statement, const Descriptor* type, std::span<const int> path,
                                                   std::size_t character) const {
  std::optional<std::size_t> at = offset_of(statement);
  if (!at || !std::string_view(text_).substr(*at).starts_with("option")) return std::nullopt;
  const std::size_t equals = text_.find('=', *at);
  if (equals == std::string::npos) return std::nullopt;
  std::size_t value = skip_gap(text_, equals + 1);
  if (!path.empty()) {
    at = type == nullptr ? std::nullopt : field(value, *type, path);
    if (!at) return std::nullopt;
    value = value_after(text_, *at, ':');
  }
  return place_of(character == 0 ? *at : character_of(text_, value, character));
}

// What stands between the braces that open at `value`, without comments, and with nothing but blanks before it: so that a
// parser's places in it are the file's.
std::optional<std::string> SourceText::inside_braces(std::size_t value) const {
  if (value >= text_.size() || text_[value] != '{') return std::nullopt;
  std::string blanked = text_;
  for (char& c : blanked) c = c == '\n' || c == '\t' ? c : ' ';

  const SourceText rest(text_.substr(value));
  google::protobuf::io::ArrayInputStream stream(rest.text_.data(), static_cast<int>(rest.text_.size()));
  Deaf deaf;
  google::protobuf::io::Tokenizer tokens(&stream, &deaf);
  for (int depth = 0; tokens.Next();) {
    const auto& token = tokens.current();
    const std::optional<std::size_t> at = rest.offset_of({token.line, token.column});
    if (!at) return std::nullopt;
    depth += token.text == "{" ? 1 : token.text == "}" ? -1 : 0;
    if (depth == 0) return blanked.substr(0, value + *at);
    if (*at > 0) blanked.replace(value + *at, token.text.size(), token.text);
  }
  return std::nullopt;
}

std::optional<std::size_t> SourceText::field(std::size_t value, const Descriptor& type, std::span<const int> path) const {
  const std::optional<std::string> inner = inside_braces(value);
  const auto* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
  if (!inner || prototype == nullptr) return std::nullopt;
  const std::unique_ptr<google::protobuf::Message> message(prototype->New());
  TextFormat::ParseInfoTree tree;
  TextFormat::Parser parser;
  parser.WriteLocationsTo(&tree);
  Deaf deaf;
  parser.RecordErrorsTo(&deaf);
  if (!parser.ParseFromString(*inner, message.get())) return std::nullopt;

  const Descriptor* inside = &type;
  const TextFormat::ParseInfoTree* below = &tree;
  TextPlace found{-1, -1};
  while (!path.empty() && inside != nullptr && below != nullptr) {
    const FieldDescriptor* field = inside->FindFieldByNumber(path.front());
    if (field == nullptr) return std::nullopt;
    path = path.subspan(1);
    int index = -1;
    if (field->is_repeated() && !path.empty()) {
      index = path.front();
      path = path.subspan(1);
    }
    const auto place = below->GetLocation(field, index);
    if (place.line >= 0) found = {place.line, place.column};  // else it is missing in what was found before
    inside = field->message_type();
    below = inside == nullptr ? nullptr : below->GetTreeForNested(field, index);
  }
  return found.line < 0 ? std::nullopt : offset_of(found);
}

std::optional<std::size_t> SourceText::offset_of(TextPlace place) const {
  TextPlace at{};
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (at == place) return i;
    if (at.line > place.line) break;
    advance(at, text_[i]);
  }
  return std::nullopt;
}

TextPlace SourceText::place_of(std::size_t offset) const {
  TextPlace at{};
  for (std::size_t i = 0; i < std::min(offset, text_.size()); ++i) advance(at, text_[i]);
  return at;
}

}  // namespace holon::contract
