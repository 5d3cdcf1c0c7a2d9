package dev.plimsoll.model.units;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProvenanceTest {
    @Test
    void aResultIsAsWeakAsItsWeakestInput() {
        assertThat(Provenance.EXACT.and(Provenance.EXACT)).isEqualTo(Provenance.EXACT);
        assertThat(Provenance.EXACT.and(Provenance.ASSUMED)).isEqualTo(Provenance.ASSUMED);
        assertThat(Provenance.DATASHEET.and(Provenance.PUBLISHED)).isEqualTo(Provenance.DATASHEET);
        for (Provenance one : Provenance.values()) {
            for (Provenance other : Provenance.values()) {
                assertThat(one.and(other)).isEqualTo(other.and(one)).isIn(one, other);
            }
        }
    }

    @Test
    void theWordsAreThoseOfTheOrderFromStrongToWeak() {
        assertThat(Arrays.stream(Provenance.values()).map(Provenance::word))
                .containsExactly("exact", "measured", "published", "datasheet", "assumed");
    }
}
