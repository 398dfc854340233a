#include "greeter/greeter.h"

#include "holon/try.h"

namespace town {

holon::Result<google::api::HttpBody> PoliteGreeter::Greet(holon::Call& call, const GreetRequest& request) {
  Time time = request.time();
  if (!request.has_time()) time = TRY(clock_->Now(call, {}));
  google::api::HttpBody page;
  page.set_content_type("text/plain; charset=utf-8");
  page.set_data(time.hour() < 12 ? "Good morning\n" : "Good day\n");
  return page;
}

}  // namespace town
