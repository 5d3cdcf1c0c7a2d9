package dev.plimsoll.model.units;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void ordinaryNamesStayAsTheyAre() {
        for (String name : new String[] {"model.layers.0.q_proj.weight", "", "Größe", "模型", "😀 x"}) {
            assertThat(Text.printable(name)).isEqualTo(name);
        }
    }

    @Test
    void controlCharactersAreEscaped() {
        assertThat(Text.printable("a\u001b[31mb\u0007")).isEqualTo("a\\u001b[31mb\\u0007");
        assertThat(Text.printable("\n\r\t\u0000\u007f\u009b")).isEqualTo("\\u000a\\u000d\\u0009\\u0000\\u007f\\u009b");
    }

    @Test
    void charactersThatReorderHideOrBreakLinesAreEscaped() {
        assertThat(Text.printable("\u202egnp.exe")).isEqualTo("\\u202egnp.exe");
        assertThat(Text.printable("a\u200bb\ufeff")).isEqualTo("a\\u200bb\\ufeff");
        assertThat(Text.printable("a\u2028b\u2029c")).isEqualTo("a\\u2028b\\u2029c");
        assertThat(Text.printable("\ud800x\udc00")).isEqualTo("\\ud800x\\udc00");
        assertThat(Text.printable(Character.toString(0xe0041))).isEqualTo("\\ue0041");
    }

    @Test
    void longTextIsCutBehind120CharactersAndSaysSo() {
        assertThat(Text.printable("x".repeat(120))).isEqualTo("x".repeat(120));
        assertThat(Text.printable("x".repeat(121))).isEqualTo("x".repeat(120) + "…");
        assertThat(Text.printable("\u0000".repeat(1_000_000))).isEqualTo("\\u0000".repeat(20) + "…");
    }

    @Test
    void aCutNeverSplitsACharacter() {
        assertThat(Text.printable("x".repeat(119) + "😀y")).isEqualTo("x".repeat(119) + "😀…");
    }
}
