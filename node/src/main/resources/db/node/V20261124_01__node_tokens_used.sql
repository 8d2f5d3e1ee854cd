-- By which token a node came last: the same key may ask again with it until it would have expired, should the answer be lost.
ALTER TABLE nodes ADD COLUMN token_digest TEXT NOT NULL DEFAULT '';
ALTER TABLE nodes ADD COLUMN token_expires_at BIGINT NOT NULL DEFAULT 0;
