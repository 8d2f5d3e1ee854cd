package io.kilonova.libvirt;

import io.kilonova.spi.GraphicsEndpoint;
import io.kilonova.spi.GuestInterface;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** What libvirt says of a domain or of the host, read. Declarations of types and entities are refused. */
final class DomainDocument {
    private final Element root;

    private DomainDocument(Element root) {
        this.root = root;
    }

    /** Reads XML that came from libvirt. */
    static DomainDocument parse(String xml) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            Document document = factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
            return new DomainDocument(document.getDocumentElement());
        } catch (ParserConfigurationException | SAXException | IOException unreadable) {
            throw new IllegalStateException("libvirt's XML cannot be read", unreadable);
        }
    }

    /** An element with all that is in it, as XML. */
    static String text(Element element) {
        try {
            Transformer transformer = TransformerFactory.newDefaultInstance().newTransformer();
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            StringWriter text = new StringWriter();
            transformer.transform(new DOMSource(element), new StreamResult(text));
            return text.toString();
        } catch (TransformerException impossible) {
            throw new IllegalStateException("XML cannot be written", impossible);
        }
    }

    /** The outermost element. */
    Element root() {
        return root;
    }

    /** An element of a document as one of its own. */
    static DomainDocument of(Element root) {
        return new DomainDocument(root);
    }

    /** The elements at a path of names below the root, for example {@code devices/interface}; {@code *} is any. */
    List<Element> at(String path) {
        List<Element> found = List.of(root);
        for (String name : path.split("/")) {
            found = found.stream()
                    .flatMap(element -> children(element, name).stream())
                    .toList();
        }
        return found;
    }

    /** The first element at a path. */
    Optional<Element> first(String path) {
        return at(path).stream().findFirst();
    }

    /** The direct children of an element with a name. */
    static List<Element> children(Element parent, String name) {
        List<Element> children = new ArrayList<>();
        NodeList nodes = parent.getChildNodes();
        for (int index = 0; index < nodes.getLength(); index++) {
            if (nodes.item(index) instanceof Element child && (name.equals("*") || name.equals(child.getLocalName()))) {
                children.add(child);
            }
        }
        return children;
    }

    /** Whether a card with this address is plugged in. */
    boolean hasCard(String macAddress) {
        return at("devices/interface/mac").stream()
                .anyMatch(mac -> mac.getAttribute("address").equalsIgnoreCase(macAddress));
    }

    /** Where the screen is served. */
    Optional<GraphicsEndpoint> graphics() {
        for (Element graphics : at("devices/graphics")) {
            String port = graphics.getAttribute("port");
            if (port.matches("[1-9][0-9]{0,4}")) {
                return Optional.of(new GraphicsEndpoint(
                        graphics.getAttribute("type"), graphics.getAttribute("listen"), Integer.parseInt(port)));
            }
        }
        return Optional.empty();
    }

    /** The cards in our metadata; this document is the metadata element. */
    List<GuestInterface> cards() {
        return children(root, "card").stream()
                .map(card -> new GuestInterface(
                        card.getAttribute("port"),
                        card.getAttribute("tap"),
                        card.getAttribute("mac"),
                        Integer.parseInt(card.getAttribute("mtu")),
                        card.getAttribute("model")))
                .toList();
    }
}
