package dev.flakerelay.lambda;

import dev.flakerelay.net.AddressRange;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Who may send requests.
 *
 * @param ranges none for everybody
 */
record AllowedAddresses(List<AddressRange> ranges) {
  static final AllowedAddresses ALL = new AllowedAddresses(List.of());

  /**
   * Reads addresses and CIDR ranges that are separated by commas.
   *
   * @throws IllegalArgumentException if one of them is something else
   */
  static AllowedAddresses parse(String list) {
    return new AllowedAddresses(
        Arrays.stream(list.split(","))
            .map(String::strip)
            .filter(range -> !range.isEmpty())
            .map(AddressRange::parse)
            .toList());
  }

  /**
   * Whether a request is looked at.
   *
   * @param source the address that API Gateway saw; empty if the event did not come through it
   */
  boolean admit(Optional<String> source) {
    return ranges.isEmpty()
        || source.isEmpty()
        || ranges.stream().anyMatch(range -> range.contains(AddressRange.address(source.get())));
  }
}
