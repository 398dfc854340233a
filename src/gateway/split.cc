#include "gateway/split.h"

namespace holon::gateway {
namespace {

/// Mixes all bits of the input into all of the output (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

Split::Split(std::vector<Choice> choices, std::uint64_t secret) : choices_(std::move(choices)), secret_(secret) {
  for (const Choice& choice : choices_) total_ += choice.weight;
}

const Destination& Split::choose(std::string_view request_id) const {
  std::uint64_t hash = secret_;
  for (const char c : request_id) hash = mixed(hash ^ static_cast<unsigned char>(c));
  std::uint64_t place = hash % total_;
  for (const Choice& choice : choices_) {
    if (place < choice.weight) return *choice.destination;
    place -= choice.weight;
  }
  return *choices_.back().destination;
}

}  // namespace holon::gateway
