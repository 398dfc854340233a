// The program behind library.proto.
#include <atomic>
#include <map>
#include <mutex>

#include "holon/service.h"
#include "holon/task.h"
#include "holon/try.h"
#include "library.holon.h"

namespace library::v1 {

std::atomic<int> listeners{0};

class LibraryService final : public Library::Service {
 public:
  LibraryService() {
    add("978-0", "The Art of Teapots", "Ada Lovelace", PAPER);
    add("978-1", "Quiet Machines", "Grace Hopper", PAPER);
    add("978-2", "Songs of the Loom", "Joseph Jacquard", DISC);
  }

  holon::Result<ListBooksReply> ListBooks(holon::Call&, const ListBooksRequest& request) override {
    std::lock_guard lock(mutex_);
    ListBooksReply reply;
    for (const auto& [isbn, book] : books_) {
      if (request.page_size() > 0 && reply.books_size() == request.page_size()) break;
      const auto& kinds = request.kinds();
      if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), book.kind()) == kinds.end()) continue;
      if (book.title().find(request.title()) != std::string::npos) *reply.add_books() = book;
    }
    return reply;
  }

  holon::Result<Book> GetBook(holon::Call&, const GetBookRequest& request) override {
    std::lock_guard lock(mutex_);
    const auto found = books_.find(request.isbn());
    if (found == books_.end()) return holon::not_found("there is no book " + request.isbn());
    return found->second;
  }

  holon::Result<Book> AddBook(holon::Call&, const Book& book) override {
    if (book.title().empty()) return holon::invalid_argument("a book has a title");
    std::lock_guard lock(mutex_);
    return books_[book.isbn()] = book;
  }

  holon::Result<Book> RemoveBook(holon::Call&, const GetBookRequest&) override {
    return holon::permission_denied("books stay");
  }

  holon::Result<void> WatchBooks(holon::Call& call, const WatchBooksRequest&, holon::Writer<Book>& out) override {
    struct Listening {
      Listening() { ++listeners; }
      ~Listening() { --listeners; }
    } listening;
    for (int number = 0;; ++number) {
      Book book;
      book.set_isbn("978-" + std::to_string(number % 3));
      book.set_reader("reader " + std::to_string(number));
      TRY(out.write(book));
      TRY(holon::sleep(call, std::chrono::milliseconds(50)));
    }
  }

  holon::Result<Stock> ImportBooks(holon::Call&, holon::Reader<Book>& in) override {
    Stock stock;
    while (std::optional<Book> book = TRY(in.next())) {
      std::lock_guard lock(mutex_);
      books_[book->isbn()] = *book;
      stock.set_books(stock.books() + 1);
    }
    return stock;
  }

 private:
  void add(const char* isbn, const char* title, const char* author, Kind kind) {
    Book& book = books_[isbn];
    book.set_isbn(isbn);
    book.set_title(title);
    book.add_authors(author);
    book.set_kind(kind);
    book.set_copies(3);
    book.mutable_printed()->set_seconds(1769860800);
  }

  std::mutex mutex_;
  std::map<std::string, Book> books_;
};

class OfficeService final : public Office::Service {
 public:
  holon::Result<Listeners> CountListeners(holon::Call&, const CountListenersRequest&) override {
    Listeners reply;
    reply.set_count(listeners);
    return reply;
  }
};

}  // namespace library::v1

int main(int argc, char** argv) { return holon::serve<library::v1::LibraryService, library::v1::OfficeService>(argc, argv); }
