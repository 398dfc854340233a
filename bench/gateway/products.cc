// A service behind the gateway that answers at once.
#include "gateway/products.holon.h"

class Products final : public bench::Products::Service {
  holon::Result<bench::Product> GetProduct(holon::Call&, const bench::GetProductRequest& request) override {
    bench::Product product;
    product.set_id(request.id());
    product.set_name("Teapot with a long spout");
    product.set_price_cents(1'995);
    product.add_tags("kitchen");
    product.add_tags("gift");
    return product;
  }
};

int main(int argc, char** argv) { return holon::serve<Products>(argc, argv); }
