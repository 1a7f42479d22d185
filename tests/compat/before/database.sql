--
-- PostgreSQL database dump
--


-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.4

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: session_event_is_append_only(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.session_event_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'session_event is append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: account; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.account (
    id text NOT NULL,
    name text NOT NULL,
    email text,
    password_hash text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT account_check CHECK (((email IS NULL) = (password_hash IS NULL)))
);


--
-- Name: COLUMN account.email; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.account.email IS 'Null for a guest, who has a name and a cookie only.';


--
-- Name: alembic_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);


--
-- Name: api_token; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_token (
    id uuid NOT NULL,
    token_hash bytea NOT NULL,
    account_id text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);


--
-- Name: campaign; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.campaign (
    id uuid NOT NULL,
    name text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone
);


--
-- Name: campaign_member; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.campaign_member (
    campaign_id uuid NOT NULL,
    account_id text NOT NULL,
    role text NOT NULL,
    name text NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    removed_by text,
    CONSTRAINT campaign_member_role_check CHECK ((role = ANY (ARRAY['dm'::text, 'player'::text, 'spectator'::text])))
);


--
-- Name: COLUMN campaign_member.removed_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.campaign_member.removed_by IS 'Who ended the membership. Null while there is one, and for those removed before this was kept.';


--
-- Name: delivery; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.delivery (
    campaign_id uuid NOT NULL,
    user_id text NOT NULL,
    version bigint NOT NULL,
    whole boolean NOT NULL,
    at timestamp with time zone NOT NULL
);


--
-- Name: TABLE delivery; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.delivery IS 'By that time all that the user may know of the room up to the version was handed to a client.';


--
-- Name: COLUMN delivery.whole; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.delivery.whole IS 'As a state of the room then, in which what was shown and hidden again is not.';


--
-- Name: game_session; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.game_session (
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    started_by text,
    status text,
    started_at timestamp with time zone,
    ended_at timestamp with time zone
);


--
-- Name: invite; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.invite (
    id uuid NOT NULL,
    token_hash bytea NOT NULL,
    campaign_id uuid NOT NULL,
    role text NOT NULL,
    max_uses integer,
    uses integer DEFAULT 0 NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT invite_check CHECK ((uses <= max_uses)),
    CONSTRAINT invite_max_uses_check CHECK ((max_uses >= 1)),
    CONSTRAINT invite_role_check CHECK ((role = ANY (ARRAY['dm'::text, 'player'::text, 'spectator'::text])))
);


--
-- Name: login_session; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.login_session (
    token_hash bytea NOT NULL,
    account_id text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: node; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.node (
    id text NOT NULL,
    name text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    rooms bigint NOT NULL,
    handovers bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='50');


--
-- Name: COLUMN node.until; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.node.until IS 'Renewed all the time: until then its leases hold.';


--
-- Name: projection_tracking; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.projection_tracking (
    application_name text NOT NULL,
    notification_id bigint NOT NULL
);


--
-- Name: recap_hook; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.recap_hook (
    campaign_id uuid NOT NULL,
    url text NOT NULL,
    audience text NOT NULL,
    picture boolean NOT NULL,
    origin text NOT NULL,
    set_at timestamp with time zone NOT NULL
);


--
-- Name: COLUMN recap_hook.url; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.recap_hook.url IS 'A secret: whoever has it may post.';


--
-- Name: COLUMN recap_hook.audience; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.recap_hook.audience IS 'players, dm, or the id of a member.';


--
-- Name: recap_post; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.recap_post (
    session_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    state text NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    at timestamp with time zone NOT NULL,
    why text DEFAULT ''::text NOT NULL,
    CONSTRAINT recap_post_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'making'::text, 'sending'::text, 'sent'::text, 'given up'::text])))
);


--
-- Name: TABLE recap_post; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.recap_post IS 'One row a session that ended: it is posted at most once, by whichever node holds the row.';


--
-- Name: COLUMN recap_post.at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.recap_post.at IS 'Waiting: until when. Otherwise: since when it is so.';


--
-- Name: refused_command; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.refused_command (
    campaign_id uuid NOT NULL,
    session_id uuid,
    user_id text NOT NULL,
    code text NOT NULL,
    count bigint NOT NULL
);


--
-- Name: COLUMN refused_command.session_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.refused_command.session_id IS 'Null for those outside of any game session.';


--
-- Name: report_event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.report_event (
    campaign_id uuid NOT NULL,
    version bigint NOT NULL,
    session_id uuid,
    user_id text NOT NULL,
    role text NOT NULL,
    event_type text NOT NULL,
    at timestamp with time zone NOT NULL,
    hexes integer NOT NULL,
    audience text[]
);


--
-- Name: TABLE report_event; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.report_event IS 'Derived from session_event by a tracked projection; hexroom rebuild makes it anew.';


--
-- Name: COLUMN report_event.hexes; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.report_event.hexes IS 'How many hexes the event names.';


--
-- Name: COLUMN report_event.audience; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.report_event.audience IS 'Ids of the players it was for; {all} for everyone; null where it is for nobody in particular.';


--
-- Name: room_lease; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.room_lease (
    campaign_id uuid NOT NULL,
    node text,
    epoch bigint NOT NULL,
    until timestamp with time zone
);


--
-- Name: COLUMN room_lease.until; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.room_lease.until IS 'Null while its node holds it; else since when it is free.';


--
-- Name: room_snapshot; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.room_snapshot (
    campaign_id uuid NOT NULL,
    version bigint NOT NULL,
    code text NOT NULL,
    hash bytea NOT NULL,
    state bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: session_event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.session_event (
    "position" bigint NOT NULL,
    campaign_id uuid NOT NULL,
    version bigint NOT NULL,
    session_id uuid,
    event_type text NOT NULL,
    user_id text NOT NULL,
    command_id text,
    payload json NOT NULL,
    created_at timestamp with time zone NOT NULL,
    hash bytea NOT NULL,
    first_version bigint NOT NULL,
    role text NOT NULL,
    command_digest bytea,
    epoch bigint NOT NULL,
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT session_event_check CHECK (((first_version >= 1) AND (first_version <= version))),
    CONSTRAINT session_event_version_check CHECK ((version >= 1))
);


--
-- Name: TABLE session_event; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.session_event IS 'The record: a row for each event, never changed.';


--
-- Name: COLUMN session_event.payload; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.session_event.payload IS 'json, not jsonb: it keeps the exact text that was hashed.';


--
-- Name: COLUMN session_event.hash; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.session_event.hash IS 'SHA-256 over the hash before and the canonical text of the row.';


--
-- Name: COLUMN session_event.first_version; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.session_event.first_version IS 'Of the commit that this row belongs to.';


--
-- Name: COLUMN session_event.role; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.session_event.role IS 'The role that the user had then.';


--
-- Name: COLUMN session_event.command_digest; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.session_event.command_digest IS 'The first 16 bytes of SHA-256 over what the client asked.';


--
-- Name: session_event_position_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.session_event ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.session_event_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Data for Name: account; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.account VALUES ('4eadffe3ac482aea4c11', 'Dora', 'dora@example.org', '$argon2id$v=19$m=19456,t=2,p=1$+2ixQ0AMokXcIDneEaIVCw$a1T5ZgwmcjJxqqfILnClcuWcU6w61FFSo5lD41+bQ34', '2026-11-29 11:12:19.616196+00');
INSERT INTO public.account VALUES ('d77b06affb8dd6fcd1de', 'Ann', 'ann@example.org', '$argon2id$v=19$m=19456,t=2,p=1$RM2LXP1YuqCBLnquI0L0iQ$JjGZHk6yw7WZXLwW2KJxPQnCJGzX9QPxo7dBhXMDUpA', '2026-11-29 11:12:20.123028+00');
INSERT INTO public.account VALUES ('c9f74bbe46dee562cbc3', 'Ben', 'ben@example.org', '$argon2id$v=19$m=19456,t=2,p=1$InkB0qfO6tMt8iFGKMlf6g$Ys4mapZrRcO1cRtk1w0kl+1rycygawOIiVViRJwvIQc', '2026-11-29 11:12:21.026068+00');
INSERT INTO public.account VALUES ('3423f8372dc7e15302a1', 'Eve', 'eve@example.org', '$argon2id$v=19$m=19456,t=2,p=1$IbWclrAbbHYTd1AWrmxoiQ$2SiPWAD0xzwFvMBih3EyfGbwmfZu9TOQjwiDBJp58QI', '2026-11-29 11:12:21.543072+00');


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alembic_version VALUES ('campaign_makers');


--
-- Data for Name: api_token; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.api_token VALUES ('c050e298-d39c-4cc0-8140-fbf47f29de66', '\x65a2dcc60513680c34a262a70feac4129b134858844a3f8a491c0642a6015e73', '4eadffe3ac482aea4c11', 'old', '2026-11-29 11:12:19.699588+00', NULL);
INSERT INTO public.api_token VALUES ('2fb8a739-288a-46e4-b4f0-8ed6d18cf88b', '\x75e7cd9231199471b26a94656a98f52acc641b278f57fba94eeab384341de07f', 'd77b06affb8dd6fcd1de', 'old', '2026-11-29 11:12:20.658101+00', NULL);
INSERT INTO public.api_token VALUES ('3d63f88f-bfec-4640-8a9b-495f1adc3182', '\x121a3a0e0bf8ddf9f297613e645faf459f367d8b3060381a7d37a8a605771882', 'c9f74bbe46dee562cbc3', 'old', '2026-11-29 11:12:21.122536+00', NULL);
INSERT INTO public.api_token VALUES ('e7f6b917-fb18-4b0e-8e50-03075a90f20b', '\xd5ac01826048f36198f1e547210feabca7c8717aa5078608bfefd687a5cde6e3', '3423f8372dc7e15302a1', 'old', '2026-11-29 11:12:21.625082+00', NULL);


--
-- Data for Name: campaign; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.campaign VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 'The Old Marches', '4eadffe3ac482aea4c11', '2026-11-29 11:12:19.727778+00', NULL);


--
-- Data for Name: campaign_member; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.campaign_member VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', '4eadffe3ac482aea4c11', 'dm', 'Dora', '2026-11-29 11:12:19.727778+00', NULL, NULL);
INSERT INTO public.campaign_member VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 'd77b06affb8dd6fcd1de', 'player', 'Ann', '2026-11-29 11:12:20.396639+00', NULL, NULL);
INSERT INTO public.campaign_member VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 'c9f74bbe46dee562cbc3', 'player', 'Ben', '2026-11-29 11:12:21.087804+00', NULL, NULL);
INSERT INTO public.campaign_member VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', '3423f8372dc7e15302a1', 'dm', 'Eve', '2026-11-29 11:12:21.587422+00', '2026-11-29 11:12:26.719756+00', '4eadffe3ac482aea4c11');


--
-- Data for Name: delivery; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', '4eadffe3ac482aea4c11', 6, true, '2026-11-29 11:12:21.664814+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', '4eadffe3ac482aea4c11', 7, false, '2026-11-29 11:12:21.69472+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 'd77b06affb8dd6fcd1de', 7, true, '2026-11-29 11:12:21.695397+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', '4eadffe3ac482aea4c11', 8, false, '2026-11-29 11:12:21.726819+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 'd77b06affb8dd6fcd1de', 8, false, '2026-11-29 11:12:21.726819+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', '3423f8372dc7e15302a1', 8, true, '2026-11-29 11:12:21.727395+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', '4eadffe3ac482aea4c11', 30, false, '2026-11-29 11:12:22.574431+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 'd77b06affb8dd6fcd1de', 30, false, '2026-11-29 11:12:22.574431+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', '3423f8372dc7e15302a1', 30, false, '2026-11-29 11:12:22.574431+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', '4eadffe3ac482aea4c11', 32, false, '2026-11-29 11:12:22.922791+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 'd77b06affb8dd6fcd1de', 32, false, '2026-11-29 11:12:22.922791+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', '3423f8372dc7e15302a1', 32, false, '2026-11-29 11:12:22.922791+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', '4eadffe3ac482aea4c11', 38, false, '2026-11-29 11:12:26.912339+00');
INSERT INTO public.delivery VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 'd77b06affb8dd6fcd1de', 38, false, '2026-11-29 11:12:26.912339+00');


--
-- Data for Name: game_session; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.game_session VALUES ('9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '272a4805-efb5-4044-b3b7-3b02985ef188', '4eadffe3ac482aea4c11', 'ended', '2026-11-29 11:12:21.750857+00', '2026-11-29 11:12:26.860932+00');


--
-- Data for Name: invite; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.invite VALUES ('fdb75b07-0eb4-4a25-a819-7e4c08b29ad3', '\xc89f85fe4670d8059e01ddc4d7fe779cc0094fcec8a20011fabee0186069d4d0', '272a4805-efb5-4044-b3b7-3b02985ef188', 'player', NULL, 2, '4eadffe3ac482aea4c11', '2026-11-29 11:12:19.847386+00', NULL, NULL);
INSERT INTO public.invite VALUES ('9e2eeac8-c5ad-4400-9a4e-5867ec80fc16', '\xd5b07fc5140aa255dbc999deba4c74a0cb41caea9c3508dc3f7a7de475629705', '272a4805-efb5-4044-b3b7-3b02985ef188', 'dm', NULL, 1, '4eadffe3ac482aea4c11', '2026-11-29 11:12:19.882279+00', NULL, NULL);


--
-- Data for Name: login_session; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.login_session VALUES ('\xaf822d6c9e891797cf6f960929989d60f7c7e721bf328e6b500bb983a536b489', '4eadffe3ac482aea4c11', '2026-11-29 11:12:19.644285+00', '2026-11-29 11:12:19.644285+00', '2026-12-29 11:12:19.644285+00');
INSERT INTO public.login_session VALUES ('\x32b99849105cb65422768fdefe558f938a37619390b3c9fd4bbb0e2a03f9c3d9', 'd77b06affb8dd6fcd1de', '2026-11-29 11:12:20.133384+00', '2026-11-29 11:12:20.133384+00', '2026-12-29 11:12:20.133384+00');
INSERT INTO public.login_session VALUES ('\x38d84b2c4a12f2f3cbfa3bf944e5bfcf4505bfe67b553cf751fb8d62967b5cda', 'c9f74bbe46dee562cbc3', '2026-11-29 11:12:21.044151+00', '2026-11-29 11:12:21.044151+00', '2026-12-29 11:12:21.044151+00');
INSERT INTO public.login_session VALUES ('\xf70256042235472ae772cf4ada733847480f16893a97da0853785dfedda5cf2b', '3423f8372dc7e15302a1', '2026-11-29 11:12:21.550913+00', '2026-11-29 11:12:21.550913+00', '2026-12-29 11:12:21.550913+00');


--
-- Data for Name: node; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: projection_tracking; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.projection_tracking VALUES ('hexroom-reports', 3435134978);


--
-- Data for Name: recap_hook; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: recap_post; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: refused_command; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: report_event; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 1, NULL, '4eadffe3ac482aea4c11', 'dm', 'room_open', '2026-11-29 11:12:19.78027+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 2, NULL, '4eadffe3ac482aea4c11', 'dm', 'member_set', '2026-11-29 11:12:19.809517+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 3, NULL, 'd77b06affb8dd6fcd1de', 'player', 'member_set', '2026-11-29 11:12:20.57546+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 4, NULL, 'c9f74bbe46dee562cbc3', 'player', 'member_set', '2026-11-29 11:12:21.09089+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 5, NULL, '3423f8372dc7e15302a1', 'dm', 'member_set', '2026-11-29 11:12:21.59766+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 6, NULL, '4eadffe3ac482aea4c11', 'dm', 'player_join', '2026-11-29 11:12:21.656125+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 7, NULL, 'd77b06affb8dd6fcd1de', 'player', 'player_join', '2026-11-29 11:12:21.685449+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 8, NULL, '3423f8372dc7e15302a1', 'dm', 'player_join', '2026-11-29 11:12:21.70834+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 9, NULL, '4eadffe3ac482aea4c11', 'dm', 'hex_update', '2026-11-29 11:12:21.729649+00', 6, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 10, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'session_start', '2026-11-29 11:12:21.750857+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 11, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'hex_reveal', '2026-11-29 11:12:21.780651+00', 1, '{all}');
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 12, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'hex_reveal', '2026-11-29 11:12:21.810914+00', 1, '{d77b06affb8dd6fcd1de}');
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 13, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'token_create', '2026-11-29 11:12:21.819626+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 14, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'd77b06affb8dd6fcd1de', 'player', 'token_move', '2026-11-29 11:12:21.936892+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 15, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'note_set', '2026-11-29 11:12:21.952122+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 16, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '3423f8372dc7e15302a1', 'dm', 'hex_update', '2026-11-29 11:12:21.968572+00', 1, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 17, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'history_undo', '2026-11-29 11:12:21.990901+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 18, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'history_redo', '2026-11-29 11:12:22.009124+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 19, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'broadcast_mode', '2026-11-29 11:12:22.029999+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 20, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'change_staged', '2026-11-29 11:12:22.091662+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 21, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'change_staged', '2026-11-29 11:12:22.127045+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 22, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'change_staged', '2026-11-29 11:12:22.144105+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 23, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'staged_undo', '2026-11-29 11:12:22.1714+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 24, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'staged_undo', '2026-11-29 11:12:22.194894+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 25, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'broadcast_publish', '2026-11-29 11:12:22.238874+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 26, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'hex_reveal', '2026-11-29 11:12:22.238874+00', 1, '{all}');
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 27, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'staged_undo', '2026-11-29 11:12:22.238874+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 28, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'broadcast_mode', '2026-11-29 11:12:22.238874+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 29, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'session_pause', '2026-11-29 11:12:22.451822+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 30, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'session_resume', '2026-11-29 11:12:22.48216+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 31, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'hex_reveal', '2026-11-29 11:12:22.627537+00', 1, '{all}');
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 32, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'history_undo', '2026-11-29 11:12:22.889919+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 33, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'picture_lay', '2026-11-29 11:12:26.642847+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 34, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'player_leave', '2026-11-29 11:12:26.722753+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 35, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'member_remove', '2026-11-29 11:12:26.722753+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 36, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'broadcast_mode', '2026-11-29 11:12:26.754969+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 37, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'change_staged', '2026-11-29 11:12:26.843664+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 38, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', '4eadffe3ac482aea4c11', 'dm', 'session_end', '2026-11-29 11:12:26.860932+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 39, NULL, 'd77b06affb8dd6fcd1de', 'player', 'player_leave', '2026-11-29 11:12:26.923198+00', 0, NULL);
INSERT INTO public.report_event VALUES ('272a4805-efb5-4044-b3b7-3b02985ef188', 40, NULL, '4eadffe3ac482aea4c11', 'dm', 'player_leave', '2026-11-29 11:12:26.923294+00', 0, NULL);


--
-- Data for Name: room_lease; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: room_snapshot; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: session_event; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (1, '272a4805-efb5-4044-b3b7-3b02985ef188', 1, NULL, 'room_open', '4eadffe3ac482aea4c11', NULL, '{"name":"The Old Marches"}', '2026-11-29 11:12:19.78027+00', '\x4a0e64420a70085b9fc6553f30a2abd73ee1ab067ad344d3c5d7aa0d69543c34', 1, 'dm', NULL, 0, '768');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (2, '272a4805-efb5-4044-b3b7-3b02985ef188', 2, NULL, 'member_set', '4eadffe3ac482aea4c11', NULL, '{"user":"4eadffe3ac482aea4c11","name":"Dora","role":"dm"}', '2026-11-29 11:12:19.809517+00', '\x58152b8b3b42f57ff9227e20b1326a227d055d368e062650695a7d1ecd8f834a', 2, 'dm', NULL, 0, '769');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (3, '272a4805-efb5-4044-b3b7-3b02985ef188', 3, NULL, 'member_set', 'd77b06affb8dd6fcd1de', NULL, '{"user":"d77b06affb8dd6fcd1de","name":"Ann","role":"player"}', '2026-11-29 11:12:20.57546+00', '\xa9707e3303a9627448604aa55e7abc1b19ab6f777d7a7cf123c99f8486e2a4e2', 3, 'player', NULL, 0, '775');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (4, '272a4805-efb5-4044-b3b7-3b02985ef188', 4, NULL, 'member_set', 'c9f74bbe46dee562cbc3', NULL, '{"user":"c9f74bbe46dee562cbc3","name":"Ben","role":"player"}', '2026-11-29 11:12:21.09089+00', '\x45ba85559925d580eab3a094964478c3c2e42b5fc7f23e3884927d5f839a1a55', 4, 'player', NULL, 0, '780');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (5, '272a4805-efb5-4044-b3b7-3b02985ef188', 5, NULL, 'member_set', '3423f8372dc7e15302a1', NULL, '{"user":"3423f8372dc7e15302a1","name":"Eve","role":"dm"}', '2026-11-29 11:12:21.59766+00', '\xb3fc66e1441f4fa354c2c80aa4257f47843e316ea3d87f987eafb0c7f0e85c2c', 5, 'dm', NULL, 0, '785');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (6, '272a4805-efb5-4044-b3b7-3b02985ef188', 6, NULL, 'player_join', '4eadffe3ac482aea4c11', NULL, '{"user":"4eadffe3ac482aea4c11"}', '2026-11-29 11:12:21.656125+00', '\x35cfb8eb1c10fc6148ff0552b5605166d0962c619e8386eb9d87ab76c6f62ad5', 6, 'dm', NULL, 0, '787');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (7, '272a4805-efb5-4044-b3b7-3b02985ef188', 7, NULL, 'player_join', 'd77b06affb8dd6fcd1de', NULL, '{"user":"d77b06affb8dd6fcd1de"}', '2026-11-29 11:12:21.685449+00', '\xb27c2f14924b7d9ef65f8fcab342cad4d3e2f7993879b9eca7fa3a173abd7091', 7, 'player', NULL, 0, '788');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (8, '272a4805-efb5-4044-b3b7-3b02985ef188', 8, NULL, 'player_join', '3423f8372dc7e15302a1', NULL, '{"user":"3423f8372dc7e15302a1"}', '2026-11-29 11:12:21.70834+00', '\x2bd8c2ea6ca0ead1900ffb5eaa47c078341fcf725bdb41b6e7d712b0cf81cd3b', 8, 'dm', NULL, 0, '789');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (9, '272a4805-efb5-4044-b3b7-3b02985ef188', 9, NULL, 'hex_update', '4eadffe3ac482aea4c11', 'dora-1', '{"painted":[["forest",0,[[1,0,1]]],["hills",0,[[2,0,1]]],["mountains",0,[[1,1,1]]],["plains",0,[[0,0,1]]],["swamp",0,[[3,0,1]]],["water",0,[[0,1,1]]]]}', '2026-11-29 11:12:21.729649+00', '\x2936ef7f12b86258e3dd0be084e148d615dbc0b9045e01e86916405c99b65854', 9, 'dm', '\x19d7a30e837086855443bc130d62a341', 0, '790');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (10, '272a4805-efb5-4044-b3b7-3b02985ef188', 10, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'session_start', '4eadffe3ac482aea4c11', 'dora-2', '{"session":"9b03cab6-b24f-401f-bda8-6ee3d694b0ab"}', '2026-11-29 11:12:21.750857+00', '\x341651bf3b8790d9061649ad58886912580a14400dd6b4c24e951f4130032609', 10, 'dm', '\x093e5ee859753a0b552e1b8397a75b9c', 0, '791');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (11, '272a4805-efb5-4044-b3b7-3b02985ef188', 11, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'hex_reveal', '4eadffe3ac482aea4c11', 'dora-3', '{"hexes":[[0,0,1]],"to":"all","tier":"full","rule":null,"token":null}', '2026-11-29 11:12:21.780651+00', '\xf9ec20e24e38065ec7e4bab67bfce4b339a7097c4f67e6e3b79e29088d281e6a', 11, 'dm', '\x305ca5a26fc2f94a4c90be2c3cd1d1b8', 0, '792');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (12, '272a4805-efb5-4044-b3b7-3b02985ef188', 12, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'hex_reveal', '4eadffe3ac482aea4c11', 'dora-4', '{"hexes":[[1,0,1]],"to":["d77b06affb8dd6fcd1de"],"tier":"full","rule":null,"token":null}', '2026-11-29 11:12:21.810914+00', '\xc4b31162add46fd2a98445c4f0d5fae71ee6459e75174b7f6c4f3a85c0531327', 12, 'dm', '\xb60e57f0bbf0afbd543bc68a0fba10c4', 0, '793');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (13, '272a4805-efb5-4044-b3b7-3b02985ef188', 13, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'token_create', '4eadffe3ac482aea4c11', 'dora-5', '{"token":"hero","at":"0,0","label":"Ann''s hero","owner":"d77b06affb8dd6fcd1de","icon":"","color":"#b5482a","kind":"pc","visible":true}', '2026-11-29 11:12:21.819626+00', '\x888c593e652bd97fe5cbb51fbe475f24179df17b0efb7027393524dd6092839c', 13, 'dm', '\xcc3896404918ccf218cbdd67af78b757', 0, '794');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (14, '272a4805-efb5-4044-b3b7-3b02985ef188', 14, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'token_move', 'd77b06affb8dd6fcd1de', 'ann-1', '{"token":"hero","to":"1,0"}', '2026-11-29 11:12:21.936892+00', '\x0a8300d8573ea00bfe242abfdc83555cf0f95a5cca45c692c62932023d5334d6', 14, 'player', '\x0aa405737128fce49f736ace21973cea', 0, '795');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (15, '272a4805-efb5-4044-b3b7-3b02985ef188', 15, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'note_set', '4eadffe3ac482aea4c11', 'dora-6', '{"note":"inn","now":{"at":"1,0","kind":"poi","title":"The Last Inn","playerText":"Warm beds.","dmText":"The cook is a spy.","audience":"seen","players":[],"hint":"","radius":0,"check":null}}', '2026-11-29 11:12:21.952122+00', '\x633197964a95fac80952b72b50ec764bd4de9b41c6af9657e62bd39c25910889', 15, 'dm', '\x437f47adc91f2b452b71e69576e90fda', 0, '796');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (16, '272a4805-efb5-4044-b3b7-3b02985ef188', 16, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'hex_update', '3423f8372dc7e15302a1', 'eve-1', '{"painted":[["swamp",0,[[2,0,1]]]]}', '2026-11-29 11:12:21.968572+00', '\x7f94816e08b92438dacc96e1c5e5dfa82b1aaf58344b475c039d4eeaf4149413', 16, 'dm', '\x0ae07dea350ad7a9565d5c655b8b0d27', 0, '797');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (17, '272a4805-efb5-4044-b3b7-3b02985ef188', 17, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'history_undo', '4eadffe3ac482aea4c11', 'dora-7', '{"after":15,"version":16,"description":"Turned hex 2,0 into swamp","put":{"terrain":[[{"terrain":"swamp","variant":0},{"terrain":"hills","variant":0},[[2,0,1]]]]},"kept":""}', '2026-11-29 11:12:21.990901+00', '\x81351e3bb5cae2af516b929490116fda2b4f74b8ba2b5f9c8d97a930048fea1d', 17, 'dm', '\xf096595a025a37166a6d94e349cd5ddc', 0, '798');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (18, '272a4805-efb5-4044-b3b7-3b02985ef188', 18, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'history_redo', '4eadffe3ac482aea4c11', 'dora-8', '{"version":16,"description":"Turned hex 2,0 into swamp","put":{"terrain":[[{"terrain":"hills","variant":0},{"terrain":"swamp","variant":0},[[2,0,1]]]]},"kept":""}', '2026-11-29 11:12:22.009124+00', '\x8f1f3246959afa6c7a6bed73b72fb3c58fd73bd9e471c620f2f5289e0a9d68d9', 18, 'dm', '\x82c61bfc19a59e6c56722c9f5f1183e3', 0, '799');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (19, '272a4805-efb5-4044-b3b7-3b02985ef188', 19, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'broadcast_mode', '4eadffe3ac482aea4c11', 'dora-9', '{"mode":"staged"}', '2026-11-29 11:12:22.029999+00', '\x23fba7078251da44d2b3f62e4d5c358e3519ddee34be2fbe2e32169de96a952e', 19, 'dm', '\x0b3a1d4bb7de6c57d83f9412703c507b', 0, '800');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (20, '272a4805-efb5-4044-b3b7-3b02985ef188', 20, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'change_staged', '4eadffe3ac482aea4c11', 'dora-10', '{"change":1,"command":{"type":"hex:reveal","hexKeys":["2,0"],"targets":"all"},"by":"4eadffe3ac482aea4c11","description":"Reveal hex 2,0 to everyone"}', '2026-11-29 11:12:22.091662+00', '\x736f379a12f65866af5704d55666d77196e426d371e7858b1150e17e12df834c', 20, 'dm', '\xdf099447db49c49ea61d9ade742a8df9', 0, '801');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (21, '272a4805-efb5-4044-b3b7-3b02985ef188', 21, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'change_staged', '4eadffe3ac482aea4c11', 'dora-11', '{"change":2,"command":{"type":"hex:update","changes":[{"key":"3,0","terrain":"water"}]},"by":"4eadffe3ac482aea4c11","description":"Turn hex 3,0 into water"}', '2026-11-29 11:12:22.127045+00', '\x9c96757584076d942152d558d5b05d3fbbc740fca6d4bdb05ea71ae630872585', 21, 'dm', '\xb178746e17d13c621dae76b2ba893541', 0, '802');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (22, '272a4805-efb5-4044-b3b7-3b02985ef188', 22, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'change_staged', '4eadffe3ac482aea4c11', 'dora-12', '{"change":3,"command":{"type":"hex:hide","hexKeys":["0,0"],"targets":"all"},"by":"4eadffe3ac482aea4c11","description":"Hide hex 0,0 from everyone"}', '2026-11-29 11:12:22.144105+00', '\xa502c324b188536a81a4e396f6efc4c9e16bb376bad18f41575162bcb93cfd0e', 22, 'dm', '\xb91c5f06098941f5a9a526bd0ee92125', 0, '803');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (23, '272a4805-efb5-4044-b3b7-3b02985ef188', 23, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'staged_undo', '4eadffe3ac482aea4c11', 'dora-13', '{"change":3,"reason":"undone","because":""}', '2026-11-29 11:12:22.1714+00', '\xa2f495fec8309f1f24ab94e31f245617e377d7feef41f67a8a51775e39449006', 23, 'dm', '\xff15a79e894e1a9bff49ee433460af2d', 0, '804');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (24, '272a4805-efb5-4044-b3b7-3b02985ef188', 24, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'staged_undo', '4eadffe3ac482aea4c11', 'dora-14', '{"change":2,"reason":"undone","because":""}', '2026-11-29 11:12:22.194894+00', '\x4ebd735335981ab36ebc7de5fb690946f65a08b79a37691649ed30d739ba9df2', 24, 'dm', '\x1e9166cb1cd6d5c263153d23c2c9e043', 0, '805');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (25, '272a4805-efb5-4044-b3b7-3b02985ef188', 25, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'broadcast_publish', '4eadffe3ac482aea4c11', 'dora-15', '{"changes":[1]}', '2026-11-29 11:12:22.238874+00', '\x9069a997683a777f8d65ba5aa2583626e45b777d109343f2ac97226d1ef8f24c', 25, 'dm', '\x713a36dd59bcea2e270ab51a9168aa0b', 0, '806');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (26, '272a4805-efb5-4044-b3b7-3b02985ef188', 26, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'hex_reveal', '4eadffe3ac482aea4c11', 'dora-15', '{"hexes":[[2,0,1]],"to":"all","tier":"full","rule":null,"token":null}', '2026-11-29 11:12:22.238874+00', '\xf5a9d4b6e4b0772174d75a743817a102f4c8f79865fdb6958d3555acf2f643f9', 25, 'dm', '\x713a36dd59bcea2e270ab51a9168aa0b', 0, '806');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (27, '272a4805-efb5-4044-b3b7-3b02985ef188', 27, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'staged_undo', '4eadffe3ac482aea4c11', 'dora-15', '{"change":1,"reason":"published","because":""}', '2026-11-29 11:12:22.238874+00', '\xd95610039b56f2281bdb42ca7b4a9023ea49fab26350655e0c1c60029a0f0dbe', 25, 'dm', '\x713a36dd59bcea2e270ab51a9168aa0b', 0, '806');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (28, '272a4805-efb5-4044-b3b7-3b02985ef188', 28, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'broadcast_mode', '4eadffe3ac482aea4c11', 'dora-15', '{"mode":"immediate"}', '2026-11-29 11:12:22.238874+00', '\x69cf772957d0cb165c2948ae89661d9442b9bbf9ece0ddf2323d5fc8acbfef65', 25, 'dm', '\x713a36dd59bcea2e270ab51a9168aa0b', 0, '806');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (29, '272a4805-efb5-4044-b3b7-3b02985ef188', 29, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'session_pause', '4eadffe3ac482aea4c11', 'dora-16', '{}', '2026-11-29 11:12:22.451822+00', '\xdad7fcac569184f0e554fce1e4bb9e380435b23c4f0dcef05cb1e11f48e84df8', 29, 'dm', '\x794e34bb955917214ccc97c9fc360031', 0, '807');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (30, '272a4805-efb5-4044-b3b7-3b02985ef188', 30, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'session_resume', '4eadffe3ac482aea4c11', 'dora-17', '{}', '2026-11-29 11:12:22.48216+00', '\xdb97db44a088e6689de4c83faeea8fd3ba49e77fa31a80f09ba80eb175e4fac4', 30, 'dm', '\x82c9c1af1210991502f416ac903fb396', 0, '808');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (31, '272a4805-efb5-4044-b3b7-3b02985ef188', 31, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'hex_reveal', '4eadffe3ac482aea4c11', 'dora-18', '{"hexes":[[3,0,1]],"to":"all","tier":"full","rule":null,"token":null}', '2026-11-29 11:12:22.627537+00', '\x1de1ca9dd22e99dc2c1ba40d4d855d3496617bf3c37602c4a65c5f650705205c', 31, 'dm', '\x6b1286f90d76207d2915923b6cc97519', 0, '810');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (32, '272a4805-efb5-4044-b3b7-3b02985ef188', 32, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'history_undo', '4eadffe3ac482aea4c11', 'dora-19', '{"after":30,"version":31,"description":"Revealed hex 3,0 to everyone","put":{"sights":[[{"everyone":2,"apart":[]},null,[[3,0,1]]]]},"kept":""}', '2026-11-29 11:12:22.889919+00', '\x6d6de7081af2d7e97da756464b0df3447854b37f95e4e7a987787557db8957f3', 32, 'dm', '\xf096595a025a37166a6d94e349cd5ddc', 0, '811');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (33, '272a4805-efb5-4044-b3b7-3b02985ef188', 33, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'picture_lay', '4eadffe3ac482aea4c11', NULL, '{"picture":{"id":"b163575c-14af-4347-a0d6-707d98635ad9","width":96,"height":64,"lies":{"x":0.0,"y":0.0,"scale":1.0,"rotation":0.0}}}', '2026-11-29 11:12:26.642847+00', '\xe22b2b7bb4cc4988c419bd62b01f0f482fe3f68a06fa4e60bc9ee52de3edad4e', 33, 'dm', NULL, 0, '813');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (34, '272a4805-efb5-4044-b3b7-3b02985ef188', 34, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'player_leave', '4eadffe3ac482aea4c11', NULL, '{"user":"3423f8372dc7e15302a1"}', '2026-11-29 11:12:26.722753+00', '\xdf9f86af33cab98329ac3ddcdcbfce6c076cc8291e878bc9a76cb5296fa41216', 34, 'dm', NULL, 0, '815');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (35, '272a4805-efb5-4044-b3b7-3b02985ef188', 35, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'member_remove', '4eadffe3ac482aea4c11', NULL, '{"user":"3423f8372dc7e15302a1"}', '2026-11-29 11:12:26.722753+00', '\x6f1ca3c40ee34dbbf14e15472626917226de9e4c08d92785c8fe6caca14a7a14', 34, 'dm', NULL, 0, '815');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (36, '272a4805-efb5-4044-b3b7-3b02985ef188', 36, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'broadcast_mode', '4eadffe3ac482aea4c11', 'dora-20', '{"mode":"staged"}', '2026-11-29 11:12:26.754969+00', '\xf730d845e4980cb2613ee95cc95adc799009a29350cf5df3bc906402cba83430', 36, 'dm', '\x0b3a1d4bb7de6c57d83f9412703c507b', 0, '816');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (37, '272a4805-efb5-4044-b3b7-3b02985ef188', 37, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'change_staged', '4eadffe3ac482aea4c11', 'dora-21', '{"change":4,"command":{"type":"note:reveal","noteId":"inn","targets":"all"},"by":"4eadffe3ac482aea4c11","description":"Reveal The Last Inn to everyone"}', '2026-11-29 11:12:26.843664+00', '\x48ab0f4db534aca69a8fcbd54563e1de9eb58278cf833c718526cb59e88802d8', 37, 'dm', '\x4f646b7e5e13a94d77cf53764b6bc717', 0, '817');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (38, '272a4805-efb5-4044-b3b7-3b02985ef188', 38, '9b03cab6-b24f-401f-bda8-6ee3d694b0ab', 'session_end', '4eadffe3ac482aea4c11', 'dora-22', '{}', '2026-11-29 11:12:26.860932+00', '\xa8830b99b67030287bd322269317a6dd918a83ff3ce969f697e70838883249bd', 38, 'dm', '\x25c143cbf6767e05e3bbe0d7de2c4d14', 0, '818');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (39, '272a4805-efb5-4044-b3b7-3b02985ef188', 39, NULL, 'player_leave', 'd77b06affb8dd6fcd1de', NULL, '{"user":"d77b06affb8dd6fcd1de"}', '2026-11-29 11:12:26.923198+00', '\xa138f6a22e2a9e04f9f34281dd90cbca12d800d6c0cb04884c5eb0b380615d0f', 39, 'player', NULL, 0, '819');
INSERT INTO public.session_event OVERRIDING SYSTEM VALUE VALUES (40, '272a4805-efb5-4044-b3b7-3b02985ef188', 40, NULL, 'player_leave', '4eadffe3ac482aea4c11', NULL, '{"user":"4eadffe3ac482aea4c11"}', '2026-11-29 11:12:26.923294+00', '\x48bef8ccb3f096865659755be1452f3a7059189ece6878e22608e003308e8a98', 40, 'dm', NULL, 0, '819');


--
-- Name: session_event_position_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.session_event_position_seq', 40, true);


--
-- Name: account account_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: api_token api_token_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_pkey PRIMARY KEY (id);


--
-- Name: api_token api_token_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_token_hash_key UNIQUE (token_hash);


--
-- Name: campaign_member campaign_member_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.campaign_member
    ADD CONSTRAINT campaign_member_pkey PRIMARY KEY (campaign_id, account_id);


--
-- Name: campaign campaign_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.campaign
    ADD CONSTRAINT campaign_pkey PRIMARY KEY (id);


--
-- Name: game_session game_session_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.game_session
    ADD CONSTRAINT game_session_pkey PRIMARY KEY (id);


--
-- Name: invite invite_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invite
    ADD CONSTRAINT invite_pkey PRIMARY KEY (id);


--
-- Name: invite invite_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invite
    ADD CONSTRAINT invite_token_hash_key UNIQUE (token_hash);


--
-- Name: login_session login_session_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.login_session
    ADD CONSTRAINT login_session_pkey PRIMARY KEY (token_hash);


--
-- Name: node node_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.node
    ADD CONSTRAINT node_pkey PRIMARY KEY (id);


--
-- Name: projection_tracking projection_tracking_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.projection_tracking
    ADD CONSTRAINT projection_tracking_pkey PRIMARY KEY (application_name);


--
-- Name: recap_hook recap_hook_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recap_hook
    ADD CONSTRAINT recap_hook_pkey PRIMARY KEY (campaign_id);


--
-- Name: recap_post recap_post_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recap_post
    ADD CONSTRAINT recap_post_pkey PRIMARY KEY (session_id);


--
-- Name: report_event report_event_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.report_event
    ADD CONSTRAINT report_event_pkey PRIMARY KEY (campaign_id, version);


--
-- Name: room_lease room_lease_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.room_lease
    ADD CONSTRAINT room_lease_pkey PRIMARY KEY (campaign_id);


--
-- Name: room_snapshot room_snapshot_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.room_snapshot
    ADD CONSTRAINT room_snapshot_pkey PRIMARY KEY (campaign_id, version);


--
-- Name: session_event session_event_campaign_id_version_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session_event
    ADD CONSTRAINT session_event_campaign_id_version_key UNIQUE (campaign_id, version);


--
-- Name: session_event session_event_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.session_event
    ADD CONSTRAINT session_event_pkey PRIMARY KEY ("position");


--
-- Name: account_email; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX account_email ON public.account USING btree (lower(email));


--
-- Name: api_token_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX api_token_account ON public.api_token USING btree (account_id);


--
-- Name: campaign_created_by; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX campaign_created_by ON public.campaign USING btree (created_by);


--
-- Name: campaign_member_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX campaign_member_account ON public.campaign_member USING btree (account_id);


--
-- Name: delivery_room; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX delivery_room ON public.delivery USING btree (campaign_id, version);


--
-- Name: game_session_campaign; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX game_session_campaign ON public.game_session USING btree (campaign_id, started_at DESC);


--
-- Name: game_session_ended; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX game_session_ended ON public.game_session USING btree (ended_at) WHERE (ended_at IS NOT NULL);


--
-- Name: invite_campaign; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX invite_campaign ON public.invite USING btree (campaign_id);


--
-- Name: login_session_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX login_session_account ON public.login_session USING btree (account_id);


--
-- Name: login_session_expiry; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX login_session_expiry ON public.login_session USING btree (expires_at);


--
-- Name: recap_post_campaign; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX recap_post_campaign ON public.recap_post USING btree (campaign_id, at DESC);


--
-- Name: recap_post_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX recap_post_open ON public.recap_post USING btree (at) WHERE (state = ANY (ARRAY['waiting'::text, 'making'::text, 'sending'::text]));


--
-- Name: refused_command_once; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX refused_command_once ON public.refused_command USING btree (campaign_id, COALESCE(session_id, campaign_id), user_id, code);


--
-- Name: report_event_session; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX report_event_session ON public.report_event USING btree (session_id) WHERE (session_id IS NOT NULL);


--
-- Name: report_event_type; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX report_event_type ON public.report_event USING btree (campaign_id, event_type, at);


--
-- Name: room_lease_node; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX room_lease_node ON public.room_lease USING btree (node);


--
-- Name: session_event_command; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX session_event_command ON public.session_event USING btree (campaign_id, user_id, command_id) WHERE ((command_id IS NOT NULL) AND (version = first_version));


--
-- Name: session_event_follow; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX session_event_follow ON public.session_event USING btree (transaction_id, "position");


--
-- Name: session_event_session; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX session_event_session ON public.session_event USING btree (session_id, version) WHERE (session_id IS NOT NULL);


--
-- Name: session_event append_only; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.session_event FOR EACH STATEMENT EXECUTE FUNCTION public.session_event_is_append_only();


--
-- Name: api_token api_token_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;


--
-- Name: campaign campaign_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.campaign
    ADD CONSTRAINT campaign_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.account(id);


--
-- Name: campaign_member campaign_member_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.campaign_member
    ADD CONSTRAINT campaign_member_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;


--
-- Name: campaign_member campaign_member_campaign_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.campaign_member
    ADD CONSTRAINT campaign_member_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES public.campaign(id) ON DELETE CASCADE;


--
-- Name: invite invite_campaign_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invite
    ADD CONSTRAINT invite_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES public.campaign(id) ON DELETE CASCADE;


--
-- Name: invite invite_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invite
    ADD CONSTRAINT invite_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.account(id);


--
-- Name: login_session login_session_account_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.login_session
    ADD CONSTRAINT login_session_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.account(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


