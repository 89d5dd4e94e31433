package dev.flakerelay.flake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Destination;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class OriginTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          {"type":"github","owner":"a","repo":"b"}                      | github        | github.com:443
          {"type":"github","owner":"a","repo":"b","host":"GHE.corp"}    | github        | ghe.corp:443
          {"type":"gitlab","owner":"a","repo":"b"}                      | gitlab        | gitlab.com:443
          {"type":"sourcehut","owner":"~a","repo":"b"}                  | sourcehut     | git.sr.ht:443
          {"type":"git","url":"https://h.example/a"}                    | git+https     | h.example:443
          {"type":"git","url":"http://127.0.0.1:99/a"}                  | git+http      | 127.0.0.1:99
          {"type":"git","url":"ssh://git@h.example/a"}                  | git+ssh       | h.example:22
          {"type":"git","url":"ssh://git@h.example:2222/a"}             | git+ssh       | h.example:2222
          {"type":"git","url":"file:///srv/a"}                          | git+file      | -
          {"type":"git","url":"/srv/a"}                                 | git+file      | -
          {"type":"git","url":"git://h.example/a"}                      | git+git       | h.example:9418
          {"type":"hg","url":"https://h.example/a"}                     | hg+https      | h.example:443
          {"type":"tarball","url":"https://[::1]:8443/a.tar.gz"}        | https         | [::1]:8443
          {"type":"tarball","url":"http://2130706433/a.tar.gz"}         | http          | 2130706433:80
          {"type":"file","url":"file:///etc/passwd"}                    | file          | -
          {"type":"path","path":"/etc"}                                 | path          | -
          {"type":"path","path":"./sub"}                                | relative path | -
          {"type":"indirect","id":"nixpkgs"}                            | indirect      | -
          {"type":"new","url":"quantum://h.example"}                    | new+quantum   | h.example:80
          {}                                                            | unknown+file  | -
          """)
  void tellsHowAndWhereFrom(String reference, String scheme, String destination) {
    Origin origin = Origin.of(JsonMapper.shared().readTree(reference));
    assertThat(origin.scheme()).isEqualTo(scheme);
    assertThat(origin.destination().map(Destination::toString).orElse("-")).isEqualTo(destination);
  }
}
