package dev.plimsoll.report.answer;

import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.explain.Lesson;
import dev.plimsoll.report.page.Page;
import java.util.List;

/// What `plimsoll explain` answers.
public record LessonAnswer(Subject subject, Lesson lesson) {
    public Answer answer() {
        Data.Fields data = subject.data()
                .with("topic", lesson.topic().word())
                .with("text", lesson.text().stream().<Data>map(Data.Words::new).toList())
                .with("explanations", Explained.data(lesson.formulas()));
        Page page = Page.of(
                new Page.Section.Prose(
                        lesson.topic().word() + ": " + lesson.topic().subtitle(), lesson.text()),
                Explained.section(lesson.formulas(), List.of()),
                new Page.Section.Prose("", List.of("worked on " + subject.name() + " (" + subject.source() + ")")));
        return new Answer(data, page);
    }
}
