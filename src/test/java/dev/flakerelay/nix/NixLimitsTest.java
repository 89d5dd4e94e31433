package dev.flakerelay.nix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NixLimitsTest {
  private static final long GIB = 1L << 30;

  @Test
  void aSmallMachineIsNotFilled() {
    NixLimits limits = NixLimits.DEFAULT.onMachine(GIB, 2 * GIB);
    assertThat(limits.memoryBytes()).isEqualTo(GIB);
    assertThat(limits.folderBytes()).isEqualTo(3 * GIB / 2);
  }

  @Test
  void aLargeMachineChangesNothing() {
    assertThat(NixLimits.DEFAULT.onMachine(64 * GIB, 512 * GIB)).isEqualTo(NixLimits.DEFAULT);
  }
}
