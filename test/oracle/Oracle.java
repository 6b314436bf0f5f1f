import static com.facebook.presto.testing.TestingSession.testSessionBuilder;

import com.facebook.presto.Session;
import com.facebook.presto.common.type.SqlVarbinary;
import com.facebook.presto.common.type.TimeZoneKey;
import com.facebook.presto.spi.PrestoException;
import com.facebook.presto.testing.LocalQueryRunner;
import com.facebook.presto.testing.MaterializedResult;
import com.facebook.presto.testing.MaterializedRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Answers each line of a file, what stands behind a SELECT, as Presto does, with a line of JSON in another file: the
 * types of the columns and the rows as Presto's clients get them, or the error. The zone is that of the tests.
 */
public final class Oracle {
    public static void main(String[] args) throws Exception {
        Session session = testSessionBuilder()
                .setTimeZoneKey(TimeZoneKey.getTimeZoneKey("Asia/Shanghai"))
                .setLocale(Locale.ENGLISH)
                .setSystemProperty("parse_decimal_literals_as_double", "true")
                .build();
        List<String> answers = new ArrayList<>();
        try (LocalQueryRunner runner = new LocalQueryRunner(session)) {
            for (String line : Files.readAllLines(Path.of(args[0]))) answers.add(answer(runner, line));
        }
        Files.write(Path.of(args[1]), answers);
        // The runner leaves threads behind.
        System.exit(0);
    }

    private static String answer(LocalQueryRunner runner, String expression) {
        try {
            MaterializedResult result = runner.execute("SELECT " + expression);
            List<Object> types = new ArrayList<>();
            result.getTypes().forEach(type -> types.add(type.getDisplayName()));
            List<Object> rows = new ArrayList<>();
            for (MaterializedRow row : result.getMaterializedRows()) {
                List<Object> cells = new ArrayList<>();
                for (Object field : row.getFields()) cells.add(field == null ? null : text(field));
                rows.add(cells);
            }
            return "{\"types\":" + json(types) + ",\"rows\":" + json(rows) + "}";
        } catch (RuntimeException error) {
            Throwable cause = error;
            while (cause.getCause() != null && !(cause instanceof PrestoException)) cause = cause.getCause();
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            return "{\"error\":" + json(message.lines().findFirst().orElse("")) + "}";
        }
    }

    /** The text of a cell: itself, or JSON for what has parts. */
    private static String text(Object value) {
        if (value instanceof List || value instanceof Map || value instanceof MaterializedRow) return json(value);
        return plain(value);
    }

    private static String plain(Object value) {
        if (value instanceof SqlVarbinary) return Base64.getEncoder().encodeToString(((SqlVarbinary) value).getBytes());
        if (value instanceof byte[]) return Base64.getEncoder().encodeToString((byte[]) value);
        return value.toString();
    }

    private static String json(Object value) {
        if (value == null) return "null";
        if (value instanceof MaterializedRow) return json(((MaterializedRow) value).getFields());
        if (value instanceof List) {
            List<String> items = new ArrayList<>();
            for (Object item : (List<?>) value) items.add(json(item));
            return "[" + String.join(",", items) + "]";
        }
        if (value instanceof Map) {
            Map<String, String> entries = new TreeMap<>();
            ((Map<?, ?>) value).forEach((key, item) -> entries.put(quoted(plain(key)), json(item)));
            List<String> items = new ArrayList<>();
            entries.forEach((key, item) -> items.add(key + ":" + item));
            return "{" + String.join(",", items) + "}";
        }
        if (value instanceof Double && !Double.isFinite((Double) value)) return quoted(plain(value));
        if (value instanceof Number && !(value instanceof java.math.BigDecimal) || value instanceof Boolean) {
            return value.toString();
        }
        return quoted(plain(value));
    }

    private static String quoted(String text) {
        StringBuilder written = new StringBuilder("\"");
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            if (character == '"' || character == '\\') written.append('\\').append(character);
            else if (character < ' ') written.append(String.format("\\u%04x", (int) character));
            else written.append(character);
        }
        return written.append('"').toString();
    }
}
