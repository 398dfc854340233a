// Page: the dashboard's page, its script and its style, as dashboard/ builds them and the program embeds them.
#pragma once

#include "server/http_exchange.h"

namespace holon::node {

/// Answers a request for "/", or for one of the page's files; 404 for all else. None of it is secret.
void serve_page(server::HttpExchange& exchange);

}  // namespace holon::node
