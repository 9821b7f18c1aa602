-- A blocklist as version 1 of the tables had it; never changed.
BEGIN TRANSACTION;
CREATE TABLE blocklist_addresses (
	id INTEGER NOT NULL,
	address TEXT,
	canonical TEXT,
	digest BLOB,
	PRIMARY KEY (id),
	UNIQUE (address),
	UNIQUE (digest)
);
INSERT INTO "blocklist_addresses" VALUES(1,'B.o.b@gmail.com','bob@gmail.com',NULL);
INSERT INTO "blocklist_addresses" VALUES(2,'ann@example.com',NULL,NULL);
INSERT INTO "blocklist_addresses" VALUES(3,'bob@example.com',NULL,NULL);
INSERT INTO "blocklist_addresses" VALUES(4,'eve@example.com',NULL,NULL);
CREATE TABLE blocklist_campaigns (
	id INTEGER NOT NULL,
	name TEXT NOT NULL,
	at BIGINT,
	count BIGINT,
	PRIMARY KEY (id),
	UNIQUE (name)
);
INSERT INTO "blocklist_campaigns" VALUES(1,'spring',1795435200,1000);
CREATE TABLE blocklist_events (
	id INTEGER NOT NULL,
	address_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	at BIGINT NOT NULL,
	type TEXT DEFAULT '' NOT NULL,
	cause TEXT DEFAULT '' NOT NULL,
	status TEXT DEFAULT '' NOT NULL,
	reply TEXT DEFAULT '' NOT NULL,
	diagnostic TEXT DEFAULT '' NOT NULL,
	rule TEXT DEFAULT '' NOT NULL,
	source TEXT DEFAULT '' NOT NULL,
	remote_host TEXT DEFAULT '' NOT NULL,
	campaign TEXT DEFAULT '' NOT NULL,
	message_id TEXT DEFAULT '' NOT NULL,
	new_address TEXT DEFAULT '' NOT NULL,
	reason TEXT DEFAULT '' NOT NULL,
	"by" TEXT DEFAULT '' NOT NULL,
	file TEXT DEFAULT '' NOT NULL,
	input_id INTEGER,
	received BIGINT NOT NULL,
	"key" BLOB NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(address_id) REFERENCES blocklist_addresses (id),
	FOREIGN KEY(input_id) REFERENCES blocklist_inputs (id),
	UNIQUE ("key")
);
INSERT INTO "blocklist_events" VALUES(1,2,'bounce',1778155200,'permanent','P3','','','550 no such user','','dsn','','','','','','','',1,1795435200,X'D8D310F683D940159CCDF555F7D1AAA6');
INSERT INTO "blocklist_events" VALUES(2,3,'bounce',1795176000,'temporary','T4','','','','','dsn','','','','','','','',1,1795435200,X'C631F3DF77F8856C98CD6F66C7CB6268');
INSERT INTO "blocklist_events" VALUES(3,3,'bounce',1795262400,'temporary','T4','','','','','dsn','','','','','','','',1,1795435200,X'4D1FE583D07FA624529BF45E7588B9DD');
INSERT INTO "blocklist_events" VALUES(4,1,'bounce',1795262400,'temporary','T4','','','','','dsn','','','','','','','',1,1795435200,X'D89BB9A670A96A00F5730F3848848FC8');
INSERT INTO "blocklist_events" VALUES(5,4,'complaint',1795262400,'','','','','','','dsn','','','','','','','',1,1795435200,X'C84EF0027A83BB5D39E1919C9681A779');
INSERT INTO "blocklist_events" VALUES(6,2,'allow',1795435200,'','','','','','','hand','','','','','she wrote','Sato','',2,1795435200,X'144F352D460CBE0346CA583D5630BC7A');
CREATE TABLE blocklist_inputs (
	id INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	file TEXT DEFAULT '' NOT NULL,
	received BIGINT NOT NULL,
	read BIGINT NOT NULL,
	new BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE ("key")
);
INSERT INTO "blocklist_inputs" VALUES(1,'first','first.mbox',1795435200,5,5);
INSERT INTO "blocklist_inputs" VALUES(2,'allow:b1e5a9a124da8a13a92e26feb4fc917c','',1795435200,1,1);
CREATE TABLE blocklist_meta (
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (name)
);
INSERT INTO "blocklist_meta" VALUES('schema','1');
INSERT INTO "blocklist_meta" VALUES('fold','1');
INSERT INTO "blocklist_meta" VALUES('canonical','5720ee034f6adf13');
INSERT INTO "blocklist_meta" VALUES('latest','1795435200');
CREATE TABLE blocklist_sends (
	campaign_id INTEGER NOT NULL,
	address_id INTEGER NOT NULL,
	codes TEXT DEFAULT '' NOT NULL,
	UNIQUE (campaign_id, address_id),
	FOREIGN KEY(campaign_id) REFERENCES blocklist_campaigns (id),
	FOREIGN KEY(address_id) REFERENCES blocklist_addresses (id)
);
CREATE TABLE blocklist_states (
	address_id INTEGER NOT NULL,
	type TEXT DEFAULT '' NOT NULL,
	cause TEXT DEFAULT '' NOT NULL,
	since BIGINT,
	strikes INTEGER DEFAULT '0' NOT NULL,
	final BOOLEAN DEFAULT '0' NOT NULL,
	event_id INTEGER,
	examined BIGINT,
	complained BIGINT,
	unsubscribed BIGINT,
	allow_id INTEGER,
	unblocks SMALLINT DEFAULT '0' NOT NULL,
	due_from BIGINT,
	PRIMARY KEY (address_id),
	FOREIGN KEY(address_id) REFERENCES blocklist_addresses (id)
);
INSERT INTO "blocklist_states" VALUES(1,'temporary','T4',1795262400,1,0,4,NULL,NULL,NULL,NULL,0,1795262400);
INSERT INTO "blocklist_states" VALUES(2,'permanent','P3',1778155200,0,0,1,NULL,NULL,NULL,6,0,NULL);
INSERT INTO "blocklist_states" VALUES(3,'temporary','T4',1795176000,2,0,3,NULL,NULL,NULL,NULL,0,1795176000);
INSERT INTO "blocklist_states" VALUES(4,'','',NULL,0,0,NULL,NULL,1795262400,NULL,NULL,0,NULL);
CREATE TABLE blocklist_undecided (
	id INTEGER NOT NULL,
	"key" BLOB NOT NULL,
	file TEXT DEFAULT '' NOT NULL,
	why TEXT DEFAULT '' NOT NULL,
	content BLOB NOT NULL,
	input_id INTEGER,
	received BIGINT NOT NULL,
	settled BIGINT,
	reason TEXT DEFAULT '' NOT NULL,
	"by" TEXT DEFAULT '' NOT NULL,
	PRIMARY KEY (id),
	UNIQUE ("key"),
	FOREIGN KEY(input_id) REFERENCES blocklist_inputs (id)
);
CREATE INDEX blocklist_addresses_canonical ON blocklist_addresses (canonical) WHERE canonical IS NOT NULL;
CREATE INDEX blocklist_events_campaign ON blocklist_events (campaign) WHERE campaign != '';
CREATE INDEX blocklist_events_address ON blocklist_events (address_id);
CREATE INDEX blocklist_states_due ON blocklist_states (due_from) WHERE due_from IS NOT NULL;
COMMIT;
PRAGMA application_id=1281979252;
