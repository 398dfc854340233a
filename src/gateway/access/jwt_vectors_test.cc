// Tokens that others made: the examples of the RFCs, and those of testdata/make_tokens.js.
#include <fstream>
#include <sstream>

#include "gateway/access/base64url.h"
#include "gateway/access/jwk.h"
#include "gateway/access/jwt.h"

namespace holon::gateway {
namespace {

std::string content(const std::string& name) {
  std::ifstream file(HOLON_ACCESS_TESTDATA "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Vector {
  const char* name;
  crypto::Signing how;
  const char* jwk;
  std::string token;
};

const std::string rfc7515_payload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

const Vector vectors[] = {
    {"RFC 7515, A.2", crypto::Signing::rs256,
     R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR)"
     "T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2Cap"
     "Hg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
     R"(","e":"AQAB"})",
     "eyJhbGciOiJSUzI1NiJ9." + rfc7515_payload +
         ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZ"
         "cAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-e"
         "OkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
    {"RFC 7515, A.3", crypto::Signing::es256,
     R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
     R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
     "eyJhbGciOiJFUzI1NiJ9." + rfc7515_payload +
         ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
    {"RFC 8037, A.4", crypto::Signing::eddsa,
     R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
     "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
};

TEST(JwtVectors, OfTheRfcsAreGood) {
  for (const Vector& vector : vectors) {
    Result<KeySet> keys = read_keys(vector.jwk);
    ASSERT_TRUE(keys.ok()) << vector.name << ": " << keys.error().to_string();
    const std::size_t dot = vector.token.rfind('.');
    const std::string signature = base64url_decode(vector.token.substr(dot + 1)).value();
    EXPECT_TRUE(keys->keys.at(0).key.verify(vector.how, vector.token.substr(0, dot), signature)) << vector.name;
    EXPECT_FALSE(keys->keys.at(0).key.verify(vector.how, vector.token.substr(0, dot - 1), signature)) << vector.name;
  }
}

TEST(JwtVectors, OfAnotherImplementationAreGood) {
  Result<KeySet> keys = read_keys(content("jwks.json"));
  ASSERT_TRUE(keys.ok()) << keys.error().to_string();
  EXPECT_THAT(keys->left_out, testing::IsEmpty());
  JwtConfig config;
  config.issuer = "https://id.example";
  config.audiences = {"shop"};
  std::istringstream tokens(content("tokens.txt"));
  int good = 0;
  for (std::string token; std::getline(tokens, token); ++good) {
    Jwt jwt;
    std::optional<Refusal> refusal = read_jwt(token, jwt);
    ASSERT_FALSE(refusal) << refusal->why;
    std::vector<const VerificationKey*> candidates = keys->candidates(jwt.algorithm, jwt.key_id);
    ASSERT_EQ(candidates.size(), 1u);
    EXPECT_TRUE(candidates[0]->key.verify(jwt.algorithm, jwt.signed_part, jwt.signature)) << *jwt.key_id;
    refusal = check_claims(jwt.claims, config, env::WallTime(std::chrono::seconds(1'700'000'000)));
    EXPECT_FALSE(refusal) << refusal->why;
  }
  EXPECT_EQ(good, 4);
}

}  // namespace
}  // namespace holon::gateway
