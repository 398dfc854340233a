#include "contract/http_rule.h"

#include <stdexcept>

#include "gmock/gmock.h"

namespace holon::contract {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = PathSegment::Kind;

PathTemplate parsed(std::string_view text) {
  auto result = PathTemplate::parse(text);
  if (const auto* error = std::get_if<TemplateError>(&result)) {
    throw std::runtime_error(std::string(text) + ": character " + std::to_string(error->column) + ": " + error->what);
  }
  return std::get<PathTemplate>(std::move(result));
}

std::string error_of(std::string_view text) {
  const auto result = PathTemplate::parse(text);
  const auto* error = std::get_if<TemplateError>(&result);
  return error == nullptr ? "" : std::to_string(error->column) + ": " + error->what;
}

// "v1 * **", with the kinds as the grammar writes them.
std::string segments_of(const PathTemplate& path) {
  std::string text;
  for (const PathSegment& segment : path.segments()) {
    if (!text.empty()) text += ' ';
    text += segment.kind == Kind::one ? "*" : segment.kind == Kind::rest ? "**" : segment.text;
  }
  return text;
}

// "book.id=1..3 multi": segments [1, 3)
std::vector<std::string> variables_of(const PathTemplate& path) {
  std::vector<std::string> list;
  for (const PathVariable& variable : path.variables()) {
    list.push_back(variable.name() + "=" + std::to_string(variable.first) + ".." + std::to_string(variable.end) +
                   (variable.multi ? " multi" : ""));
  }
  return list;
}

TEST(PathTemplate, Literals) {
  const PathTemplate path = parsed("/v1/books.list/a%20b@c+d,e;f=g");
  EXPECT_EQ(segments_of(path), "v1 books.list a b@c+d,e;f=g");
  EXPECT_THAT(variables_of(path), IsEmpty());
  EXPECT_EQ(path.verb(), "");
}

TEST(PathTemplate, Root) {
  EXPECT_THAT(parsed("/").segments(), IsEmpty());
  EXPECT_EQ(parsed("/").shape(), "/");
}

TEST(PathTemplate, Wildcards) {
  EXPECT_EQ(segments_of(parsed("/v1/*/books/**")), "v1 * books **");
  EXPECT_EQ(segments_of(parsed("/**:cancel")), "**");
}

TEST(PathTemplate, Variables) {
  const PathTemplate path = parsed("/v1/{parent=shelves/*}/books/{book.id}/{rest=**}:archive");
  EXPECT_EQ(segments_of(path), "v1 shelves * books * **");
  EXPECT_THAT(variables_of(path), ElementsAre("parent=1..3 multi", "book.id=4..5", "rest=5..6 multi"));
  EXPECT_THAT(path.variables()[1].field, ElementsAre("book", "id"));
  EXPECT_EQ(path.verb(), "archive");
}

TEST(PathTemplate, VariableOfOneLiteralIsNotMulti) {
  EXPECT_THAT(variables_of(parsed("/{kind=books}/{id=*}")), ElementsAre("kind=0..1", "id=1..2"));
}

TEST(PathTemplate, ShapeForgetsNamesOnly) {
  EXPECT_EQ(parsed("/v1/{a}/b/{c=**}:verb").shape(), "/v1/*/b/**:verb");
  EXPECT_EQ(parsed("/v1/{x=*}/b/{y=**}:verb").shape(), parsed("/v1/*/b/**:verb").shape());
  EXPECT_NE(parsed("/a%2Fb").shape(), parsed("/a/b").shape());
  EXPECT_NE(parsed("/%2A").shape(), parsed("/*").shape());
  EXPECT_EQ(parsed("/%61").shape(), parsed("/a").shape());
}

struct Wrong {
  std::string text;
  std::string error;
};

class WrongTemplate : public testing::TestWithParam<Wrong> {};

TEST_P(WrongTemplate, NamesTheCharacterAndTheRemedy) { EXPECT_EQ(error_of(GetParam().text), GetParam().error); }

const std::string no_rest =
    "'**' takes the rest of the path, so nothing but a verb can follow it; use '*' for one segment";
const std::string name_missing = "a field's name belongs here, as in {name} or {book.id}";
const std::string hex_missing = "two hexadecimal digits belong after '%'";

INSTANTIATE_TEST_SUITE_P(
    PathTemplate, WrongTemplate,
    testing::Values(
        Wrong{"", "1: a path starts with '/'"}, Wrong{"v1", "1: a path starts with '/'"},
        Wrong{"//", "2: a segment is empty; remove the extra '/'"},
        Wrong{"/v1/", "5: a segment is empty; remove the extra '/'"},
        Wrong{"/v1:", "5: the verb after ':' is missing; name it or leave out the ':'"},
        Wrong{"/v1:a/b", "6: nothing can follow the verb; write %3A for a ':' inside a segment"},
        Wrong{"/v1:a:b", "6: ':' starts the verb, which ends the path; write %3A for a ':' inside a segment"},
        Wrong{"/:verb", "2: ':' starts the verb, which ends the path; write %3A for a ':' inside a segment"},
        Wrong{"/a*", "3: '*' stands for a whole segment; put a '/' before it"},
        Wrong{"/*a", "3: 'a' cannot follow a '*'; put a '/' between them"},
        Wrong{"/***", "4: '*' cannot follow a '*'; put a '/' between them"},
        Wrong{"/**/a", "5: " + no_rest}, Wrong{"/{a=**}/b", "9: " + no_rest},
        Wrong{"/{}", "3: " + name_missing}, Wrong{"/{1a}", "3: " + name_missing},
        Wrong{"/{a.}", "5: " + name_missing}, Wrong{"/{a-b}", "4: the '}' that closes {a is missing"},
        Wrong{"/{a", "4: the '}' that closes {a is missing"},
        Wrong{"/{a={b}}", "5: a variable cannot stand inside another one; close the outer one with '}' first"},
        Wrong{"/{a}b", "5: a variable takes whole segments; put a '/' after its '}'"},
        Wrong{"/a{b}", "3: '{' stands for a whole segment; put a '/' before it"},
        Wrong{"/a}", "3: a '}' without its '{'"},
        Wrong{"/{a}/{a}", "6: {a} stands there twice; a field is filled from one place"},
        Wrong{"/%2", "2: " + hex_missing}, Wrong{"/%zz", "2: " + hex_missing},
        Wrong{"/a b", "3: ' ' cannot stand in a path; write it percent-encoded"},
        Wrong{"/a?b=c", "3: a path has no query; the fields that path and body leave out come from it anyway"}));

}  // namespace

}  // namespace holon::contract
