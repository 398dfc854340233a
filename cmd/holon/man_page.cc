#include "cmd/holon/manual.h"
#include "cmd/holon/usage.h"

namespace holon::cli {
namespace {

/// As text of a page: nothing of it is taken for a request, an escape or a typographic sign.
std::string roff(std::string_view text) {
  std::string safe;
  for (char c : text) {
    switch (c) {
      case '\\': safe += "\\e"; break;
      case '-': safe += "\\-"; break;
      case '\'': safe += "\\(aq"; break;
      case '`': safe += "\\(ga"; break;
      case '^': safe += "\\(ha"; break;
      case '~': safe += "\\(ti"; break;
      case '"': safe += "\\(dq"; break;
      default: safe += c;
    }
  }
  return safe.starts_with('.') ? "\\&" + safe : safe;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

/// One page, section by section.
class Page {
 public:
  explicit Page(const std::string& name) { text_ = ".TH \"" + upper(name) + "\" 1 \"\" \"holon " HOLON_VERSION "\" \"holon\"\n"; }
  void section(const std::string& title) { text_ += ".SH " + upper(title) + "\n"; }
  void paragraph(const std::string& ready) { text_ += ".PP\n" + ready + "\n"; }
  void line(const std::string& ready) { text_ += ready + "\n"; }
  /// A term, and what it means, indented.
  void item(const std::string& ready, const std::string& meaning) { text_ += ".TP\n" + ready + "\n" + meaning + "\n"; }
  void command(const std::string& command, const std::string& about) {
    text_ += ".PP\n" + roff(about) + ":\n.PP\n.RS 4\n.nf\n" + roff(command) + "\n.fi\n.RE\n";
  }
  std::string take() { return std::move(text_); }

 private:
  static std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return roff(text);
  }
  std::string text_;
};

std::string term_of(const Option& option) {
  std::string term;
  for (const std::string& spelling : option.spellings()) term += (term.empty() ? "" : ", ") + bold(spelling);
  if (!option.value.empty()) term += (term.empty() ? "" : " ") + italic(option.value);
  return term;
}

void write_options(Page& page, const Verb& verb) {
  page.section("options");
  for (const Option& option : verb.options) {
    const std::string standard = option.standard();
    if (option.hidden) continue;
    page.item(term_of(option), roff(option.about) + (standard.empty() ? "" : " (" + bold(standard) + " if it is not said)"));
  }
  if (verb.rest) page.item(term_of(*verb.rest), roff(verb.rest->about));
  page.item(bold("-h") + ", " + bold("--help"), "all this in short");
}

void write_facts(Page& page, const char* title, const Facts& facts) {
  page.section(title);
  for (const auto& [name, meaning] : facts) page.item(bold(name), roff(meaning));
}

void write_verbs(Page& page, const Verb& verb, const std::string& name) {
  page.section("verbs");
  for (const Verb& inner : verb.verbs) {
    if (!inner.hidden) page.item(bold(name + "-" + inner.name) + "(1)", roff(inner.about));
  }
}

/// The page of a verb, and those of its verbs.
void add_pages(const Verb& verb, const std::string& name, std::map<std::string, std::string>& pages) {
  if (verb.hidden) return;
  Page page(name);
  page.section("name");
  page.line(roff(name) + " \\- " + roff(verb.about));
  page.section("synopsis");
  std::string typed = name;
  for (char& c : typed) c = c == '-' ? ' ' : c;
  page.line(bold(typed) + " " + roff(synopsis(verb)));
  if (!verb.paragraphs.empty()) page.section("description");
  for (const std::string& paragraph : verb.paragraphs) page.paragraph(roff(paragraph));
  if (verb.verbs.empty()) write_options(page, verb);
  if (!verb.verbs.empty()) write_verbs(page, verb, name);
  write_facts(page, "exit status", exit_codes());
  write_facts(page, "environment", environment_variables());
  write_facts(page, "files", files());
  if (!verb.examples.empty()) page.section("examples");
  for (const Example& example : verb.examples) page.command(example.command, example.about);
  page.section("see also");
  page.line(name == "holon" ? "the documentation of holon, in docs/" : bold("holon") + "(1)");
  pages[name + ".1"] = page.take();
  for (const Verb& inner : verb.verbs) add_pages(inner, name + "-" + inner.name, pages);
}

}  // namespace

std::map<std::string, std::string> man_pages() {
  std::map<std::string, std::string> pages;
  add_pages(program(), program().name, pages);
  return pages;
}

}  // namespace holon::cli
