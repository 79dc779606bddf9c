package xyz.autonomys.farmer.plotclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a farm has asked for. */
class OutstandingTasksTest {
    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("tasks.json");
    }

    /** As when a task was believed lost and its sector comes after all, while the next one is in work. */
    @Test
    void theEndOfAnOlderTaskDoesNotEndTheNewerOne() throws Exception {
        OutstandingTasks tasks = new OutstandingTasks(file());
        long older = tasks.add(3);
        long newer = tasks.add(3);
        tasks.remove(3, older);
        assertEquals(newer, tasks.find(3).orElseThrow().generation());
        OutstandingTasks restarted = new OutstandingTasks(file());
        assertEquals(newer, restarted.find(3).orElseThrow().generation());
        restarted.remove(3, newer);
        assertTrue(restarted.find(3).isEmpty());
        assertEquals(0, new OutstandingTasks(file()).size());
        assertTrue(new OutstandingTasks(file()).add(3) > newer);
    }
}
