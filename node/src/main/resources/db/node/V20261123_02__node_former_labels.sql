-- What a node was called before it got its label: whoever still calls it so means this one, until another node is called so.
ALTER TABLE nodes ADD COLUMN former_label TEXT;
