package dev.plimsoll.engine.attention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.operator.AttentionMask;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class VisibleKeysTest {
    static final List<AttentionMask> MASKS = List.of(
            new AttentionMask.Everything(),
            new AttentionMask.Causal(),
            new AttentionMask.SlidingWindow(1),
            new AttentionMask.SlidingWindow(4),
            new AttentionMask.SlidingWindow(Long.MAX_VALUE),
            new AttentionMask.Chunked(4),
            new AttentionMask.Blocks(4));

    @ParameterizedTest
    @FieldSource("MASKS")
    void aCacheWithGapsIsSeenAsItsTextIndicesSay(AttentionMask mask) {
        int[] queryAt = {9, 10, 11, 12};
        int[] keyAt = {0, 1, 6, 8, 9, 10, 11, 12};
        VisibleKeys visible = VisibleKeys.of(mask, queryAt, keyAt);
        for (int query = 0; query < queryAt.length; query++) {
            for (int key = 0; key < keyAt.length; key++) {
                assertThat(visible.from(query) <= key && key < visible.to(query))
                        .as("%s: %d looks at %d", mask, queryAt[query], keyAt[key])
                        .isEqualTo(NaiveAttention.sees(mask, queryAt[query], keyAt[key]));
                assertThat(visible.distance(query, key)).isEqualTo(Math.abs(queryAt[query] - keyAt[key]));
            }
        }
    }

    @ParameterizedTest
    @FieldSource("MASKS")
    void nothingBeforeTheFirstTokenSeenIsSeen(AttentionMask mask) {
        for (int at = 0; at < 20; at++) {
            int first = 0;
            while (!NaiveAttention.sees(mask, at, first)) {
                first++;
            }
            assertThat(VisibleKeys.firstSeen(mask, at)).isEqualTo(first);
        }
    }
}
