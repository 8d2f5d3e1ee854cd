package io.kilonova.libvirt;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes elements; whatever is given as text or attribute is escaped here, and nowhere else is XML made. */
final class DomainWriter {
    private final StringWriter text = new StringWriter();
    private final XMLStreamWriter writer;

    /** Content of an element. */
    interface Content {
        void write();
    }

    DomainWriter() {
        try {
            writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
        } catch (XMLStreamException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** An element with content; {@code attributes} are names and values in turn. */
    void element(String name, Content content, String... attributes) {
        try {
            writer.writeStartElement(name);
            attributes(attributes);
            content.write();
            writer.writeEndElement();
        } catch (XMLStreamException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** An element of attributes alone. */
    void empty(String name, String... attributes) {
        try {
            writer.writeEmptyElement(name);
            attributes(attributes);
        } catch (XMLStreamException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** An element of text. */
    void text(String name, String content, String... attributes) {
        element(
                name,
                () -> {
                    try {
                        writer.writeCharacters(XmlText.legal(content));
                    } catch (XMLStreamException impossible) {
                        throw new IllegalStateException(impossible);
                    }
                },
                attributes);
    }

    /** The document so far. */
    String document() {
        try {
            writer.flush();
        } catch (XMLStreamException impossible) {
            throw new IllegalStateException(impossible);
        }
        return text.toString();
    }

    private void attributes(String... attributes) throws XMLStreamException {
        for (int index = 0; index + 1 < attributes.length; index += 2) {
            writer.writeAttribute(attributes[index], XmlText.legal(attributes[index + 1]));
        }
    }
}
