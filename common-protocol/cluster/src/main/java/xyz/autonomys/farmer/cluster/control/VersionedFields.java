package xyz.autonomys.farmer.cluster.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;

/** Takes the fields of newer versions out of messages and puts their meaning back in, see {@link Since}. */
final class VersionedFields {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final ClassValue<List<Field>> FIELDS = new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
            return fieldsOf(type);
        }
    };

    private VersionedFields() {}

    /**
     * A component that is new, or whose parts may have new components.
     *
     * @param since version that added it, 0 if it was always there
     * @param parts the record type that its value or its elements have, or null
     */
    private record Field(String name, int since, JsonNode otherwise, Class<?> parts) {}

    private static List<Field> fieldsOf(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Since since = component.getAnnotation(Since.class);
            Class<?> parts = recordIn(component.getGenericType());
            if (since != null || parts != null) {
                fields.add(new Field(
                        component.getName(),
                        since == null ? 0 : since.value(),
                        since == null ? null : json(since.otherwise()),
                        parts));
            }
        }
        return fields;
    }

    private static Class<?> recordIn(Type type) {
        Type inner = type instanceof ParameterizedType generic && generic.getActualTypeArguments().length == 1
                ? generic.getActualTypeArguments()[0]
                : type;
        return inner instanceof Class<?> plain && plain.isRecord() ? plain : null;
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not JSON: " + text, e);
        }
    }

    /** The oldest version that can say all of this, at least {@code oldest}. */
    static int versionNeeded(ObjectNode message, Class<?> type, int oldest) {
        Since form = type.getAnnotation(Since.class);
        int needed = form == null ? oldest : Math.max(oldest, form.value());
        for (Field field : FIELDS.get(type)) {
            JsonNode value = message.get(field.name);
            if (value == null) {
                continue;
            }
            if (field.since > needed && !value.equals(field.otherwise)) {
                needed = field.since;
            }
            if (field.parts != null) {
                for (ObjectNode part : objects(value)) {
                    needed = Math.max(needed, versionNeeded(part, field.parts, needed));
                }
            }
        }
        return needed;
    }

    /** Removes what {@code version} does not have. */
    static void strip(ObjectNode message, Class<?> type, int version) {
        for (Field field : FIELDS.get(type)) {
            if (field.since > version) {
                message.remove(field.name);
            } else if (field.parts != null && message.has(field.name)) {
                objects(message.get(field.name)).forEach(part -> strip(part, field.parts, version));
            }
        }
    }

    /**
     * Puts in what {@code version} does not have.
     *
     * @throws IllegalArgumentException if it is there nevertheless
     */
    static void complete(ObjectNode message, Class<?> type, int version) {
        for (Field field : FIELDS.get(type)) {
            JsonNode value = message.get(field.name);
            if (field.since > version) {
                if (value != null) {
                    throw new IllegalArgumentException("a message of version " + version + " has no field \""
                            + field.name + "\", which came with version " + field.since);
                }
                message.set(field.name, field.otherwise.deepCopy());
            } else if (field.parts != null && value != null) {
                objects(value).forEach(part -> complete(part, field.parts, version));
            }
        }
    }

    private static List<ObjectNode> objects(JsonNode value) {
        List<ObjectNode> objects = new ArrayList<>();
        if (value instanceof ObjectNode object) {
            objects.add(object);
        } else if (value instanceof ArrayNode array) {
            for (JsonNode element : array) {
                if (element instanceof ObjectNode object) {
                    objects.add(object);
                }
            }
        }
        return objects;
    }
}
