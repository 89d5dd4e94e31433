package dev.flakerelay.local.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.net.AddressRange;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How slow a client may be. */
class PlaceTest {
  @ParameterizedTest
  @CsvSource({
    "HEADERS, 30, 0, false",
    "HEADERS, 31, 0, true",
    "BODY, 10, 0, false",
    "BODY, 11, 0, true",
    // A byte now and then is no speed.
    "BODY, 11, 60000, true",
    "BODY, 11, 65536, false",
    "BODY, 106, 6291456, false",
    "BODY, 107, 6291456, true",
    "ANSWER, 3600, 0, false"
  })
  void aClientIsTooSlow(Place.Phase phase, int seconds, int received, boolean tooSlow) {
    Place place = new Place(new ByteArrayEndPoint(), AddressRange.parse("192.0.2.1"), 0);
    place.enter(phase, 0);
    place.receive(received);
    assertThat(place.isTooSlow(TimeUnit.SECONDS.toNanos(seconds))).isEqualTo(tooSlow);
  }
}
