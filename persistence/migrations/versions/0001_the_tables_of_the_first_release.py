"""The tables of the first release"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

MONEY = sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite")
INSTANT = sa.Unicode(25).with_variant(postgresql.TIMESTAMP(timezone=True, precision=0), "postgresql")
CLOCK = sa.Time()
FOLD = (
    'CREATE OR REPLACE FUNCTION carnet_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PA'
    'RALLEL SAFE AS $$ SELECT CASE WHEN octet_length(value) = char_length(value) THEN lower(value COL'
    'LATE "C") ELSE replace(replace(replace(translate(regexp_replace(normalize(value, NFKD), \'[\\u0300'
    "-\\u036f]', '', 'g'), 'ABCDEFGHIJKLMNOPQRSTUVWXYZÆÐØÞĐĦŁŊŒŦƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƢƤƦƧƩƬƮƱƲƳƵƷƸƼǤǶǷȜ"
    'ȠȢȤȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩϏϘϚϜϞϠϢϤϦϨϪϬϮϷϺϽϾϿЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩ'
    'ЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸ'
    "ԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖøłđħŧıð', 'abcdefghijklmnopqrstuvwxyzædoþdhlŋœtɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲ"
    'ɵƣƥʀƨʃƭʈʊʋƴƶʒƹƽǥƕƿȝƞȣȥⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳͷϳαβγδεζηθικλμνξοπρστυφχψωϗϙϛϝϟϡϣϥϧϩϫϭϯϸϻͻͼͽђєѕіјљњћџабвгде'
    'жзиклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙ'
    "ԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆoldhtid'), 'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss') E"
    'ND $$'
)

def key(length: int) -> sa.types.TypeEngine[str]:
    return sa.Unicode(length).with_variant(sa.Unicode(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table('idempotency_key',
    sa.Column('user_id', sa.Unicode(length=50), nullable=False),
    sa.Column('key', sa.Unicode(length=200), nullable=False),
    sa.Column('mutation', sa.Unicode(length=100), nullable=False),
    sa.Column('input_hash', sa.Unicode(length=64), nullable=False),
    sa.Column('outcome', sa.Unicode(), nullable=True),
    sa.Column('at', INSTANT, nullable=False),
    sa.PrimaryKeyConstraint('user_id', 'key', name=op.f('pk_idempotency_key'))
    )
    op.create_index(op.f('ix_idempotency_key_at'), 'idempotency_key', ['at'], unique=False)
    op.create_table('interaction_comment',
    sa.Column('entry_no', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('comment', sa.Unicode(length=2000), nullable=False),
    sa.Column('user_id', sa.Unicode(length=50), nullable=False),
    sa.PrimaryKeyConstraint('entry_no', 'line_no', name=op.f('pk_interaction_comment'))
    )
    op.create_table('interaction_entry_counter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('last_no', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interaction_entry_counter'))
    )
    op.create_table('interaction_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', key(10), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('description', sa.Unicode(length=100), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interaction_group')),
    sa.UniqueConstraint('code', name=op.f('uq_interaction_group_code')),
    sqlite_autoincrement=True
    )
    op.create_table('logged_segment',
    sa.Column('entry_no', sa.Integer(), nullable=False),
    sa.Column('segment_no', key(20), nullable=False),
    sa.Column('description', sa.Unicode(length=100), nullable=False),
    sa.Column('creation_date', sa.Date(), nullable=False),
    sa.Column('logged_at', INSTANT, nullable=False),
    sa.Column('user_id', sa.Unicode(length=50), nullable=False),
    sa.Column('canceled', sa.Boolean(), nullable=False),
    sa.Column('follow_up_of', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['follow_up_of'], ['logged_segment.entry_no'], name=op.f('fk_logged_segment_follow_up_of')),
    sa.PrimaryKeyConstraint('entry_no', name=op.f('pk_logged_segment')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_logged_segment_follow_up_of', 'logged_segment', ['follow_up_of'], unique=False)
    op.create_index('ix_logged_segment_segment_no', 'logged_segment', ['segment_no'], unique=False)
    op.create_table('number_series',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', key(20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('description', sa.Unicode(length=100), nullable=False),
    sa.Column('default_nos', sa.Boolean(), nullable=False),
    sa.Column('manual_nos', sa.Boolean(), nullable=False),
    sa.Column('date_order', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_number_series')),
    sa.UniqueConstraint('code', name=op.f('uq_number_series_code')),
    sqlite_autoincrement=True
    )
    op.create_table('salesperson',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', key(20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.Unicode(length=50), nullable=False),
    sa.Column('search_name', key(100), nullable=False),
    sa.Column('email', sa.Unicode(length=80), nullable=True),
    sa.Column('job_title', sa.Unicode(length=30), nullable=True),
    sa.Column('phone_no', sa.Unicode(length=30), nullable=True),
    sa.Column('blocked', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_salesperson')),
    sa.UniqueConstraint('code', name=op.f('uq_salesperson_code')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_salesperson_search_name_code', 'salesperson', ['search_name', 'code'], unique=False)
    op.create_table('campaign',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('no', key(20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('description', sa.Unicode(length=100), nullable=False),
    sa.Column('starting_date', sa.Date(), nullable=True),
    sa.Column('ending_date', sa.Date(), nullable=True),
    sa.Column('salesperson_code', key(20), nullable=True),
    sa.Column('blocked', sa.Boolean(), nullable=False),
    sa.CheckConstraint('starting_date <= ending_date', name=op.f('ck_campaign_dates')),
    sa.ForeignKeyConstraint(['salesperson_code'], ['salesperson.code'], name=op.f('fk_campaign_salesperson_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign')),
    sa.UniqueConstraint('no', name=op.f('uq_campaign_no')),
    sqlite_autoincrement=True
    )
    op.create_table('contact',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('no', key(20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('type', key(10), nullable=False),
    sa.Column('name', sa.Unicode(length=100), nullable=False),
    sa.Column('search_name', key(200), nullable=False),
    sa.Column('company_no', key(20), nullable=True),
    sa.Column('company_name', sa.Unicode(length=100), nullable=True),
    sa.Column('search_company_name', key(200), nullable=True),
    sa.Column('job_title', sa.Unicode(length=30), nullable=True),
    sa.Column('address', sa.Unicode(length=100), nullable=True),
    sa.Column('city', sa.Unicode(length=50), nullable=True),
    sa.Column('search_city', key(100), nullable=True),
    sa.Column('post_code', key(20), nullable=True),
    sa.Column('country_code', key(10), nullable=True),
    sa.Column('territory_code', key(10), nullable=True),
    sa.Column('language_code', key(10), nullable=True),
    sa.Column('phone_no', sa.Unicode(length=30), nullable=True),
    sa.Column('phone_digits', key(30), nullable=True),
    sa.Column('mobile_phone_no', sa.Unicode(length=30), nullable=True),
    sa.Column('mobile_phone_digits', key(30), nullable=True),
    sa.Column('email', sa.Unicode(length=80), nullable=True),
    sa.Column('correspondence_type', key(10), nullable=True),
    sa.Column('salesperson_code', key(20), nullable=True),
    sa.Column('exclude_from_segment', sa.Boolean(), nullable=False),
    sa.Column('privacy_blocked', sa.Boolean(), nullable=False),
    sa.CheckConstraint("correspondence_type IN ('HARD_COPY', 'EMAIL', 'FAX')", name=op.f('ck_contact_correspondence_type')),
    sa.CheckConstraint("type <> 'COMPANY' OR company_no = no", name=op.f('ck_contact_company_is_its_own')),
    sa.CheckConstraint("type IN ('COMPANY', 'PERSON')", name=op.f('ck_contact_type')),
    sa.ForeignKeyConstraint(['company_no'], ['contact.no'], name=op.f('fk_contact_company_no')),
    sa.ForeignKeyConstraint(['salesperson_code'], ['salesperson.code'], name=op.f('fk_contact_salesperson_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact')),
    sa.UniqueConstraint('no', name=op.f('uq_contact_no')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_contact_company_no_no', 'contact', ['company_no', 'no'], unique=False)
    op.create_index('ix_contact_salesperson_code_no', 'contact', ['salesperson_code', 'no'], unique=False)
    op.create_index('ix_contact_search_city_no', 'contact', ['search_city', 'no'], unique=False)
    op.create_index('ix_contact_search_company_name_no', 'contact', ['search_company_name', 'no'], unique=False)
    op.create_index('ix_contact_search_name_no', 'contact', ['search_name', 'no'], unique=False)
    op.create_table('interaction_group_translation',
    sa.Column('group_code', key(10), nullable=False),
    sa.Column('language_code', key(10), nullable=False),
    sa.Column('description', sa.Unicode(length=100), nullable=False),
    sa.ForeignKeyConstraint(['group_code'], ['interaction_group.code'], name=op.f('fk_interaction_group_translation_group_code')),
    sa.PrimaryKeyConstraint('group_code', 'language_code', name=op.f('pk_interaction_group_translation'))
    )
    op.create_table('marketing_setup',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('contact_nos', key(20), nullable=True),
    sa.Column('segment_nos', key(20), nullable=True),
    sa.Column('campaign_nos', key(20), nullable=True),
    sa.Column('time_zone', sa.Unicode(length=50), nullable=False),
    sa.Column('currency_code', key(10), nullable=False),
    sa.Column('first_day_of_week', sa.Integer(), nullable=False),
    sa.Column('default_salesperson_code', key(20), nullable=True),
    sa.Column('inherit_salesperson', sa.Boolean(), nullable=False),
    sa.Column('inherit_territory', sa.Boolean(), nullable=False),
    sa.Column('inherit_country', sa.Boolean(), nullable=False),
    sa.Column('inherit_language', sa.Boolean(), nullable=False),
    sa.Column('inherit_address', sa.Boolean(), nullable=False),
    sa.Column('inherit_communication', sa.Boolean(), nullable=False),
    sa.CheckConstraint('first_day_of_week BETWEEN 1 AND 7', name=op.f('ck_marketing_setup_first_day_of_week')),
    sa.CheckConstraint('id = 1', name=op.f('ck_marketing_setup_one_row')),
    sa.ForeignKeyConstraint(['campaign_nos'], ['number_series.code'], name=op.f('fk_marketing_setup_campaign_nos')),
    sa.ForeignKeyConstraint(['contact_nos'], ['number_series.code'], name=op.f('fk_marketing_setup_contact_nos')),
    sa.ForeignKeyConstraint(['default_salesperson_code'], ['salesperson.code'], name=op.f('fk_marketing_setup_default_salesperson_code')),
    sa.ForeignKeyConstraint(['segment_nos'], ['number_series.code'], name=op.f('fk_marketing_setup_segment_nos')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_marketing_setup'))
    )
    op.create_table('number_series_line',
    sa.Column('series_code', key(20), nullable=False),
    sa.Column('line_no', sa.Integer(), nullable=False),
    sa.Column('starting_date', sa.Date(), nullable=True),
    sa.Column('starting_no', key(20), nullable=False),
    sa.Column('ending_no', key(20), nullable=True),
    sa.Column('warning_no', key(20), nullable=True),
    sa.Column('increment_by', sa.Integer(), nullable=False),
    sa.Column('last_no_used', key(20), nullable=True),
    sa.Column('last_date_used', sa.Date(), nullable=True),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.CheckConstraint('increment_by >= 1', name=op.f('ck_number_series_line_increment_by')),
    sa.ForeignKeyConstraint(['series_code'], ['number_series.code'], name=op.f('fk_number_series_line_series_code')),
    sa.PrimaryKeyConstraint('series_code', 'line_no', name=op.f('pk_number_series_line'))
    )
    op.create_table('campaign_entry',
    sa.Column('entry_no', sa.Integer(), nullable=False),
    sa.Column('campaign_no', key(20), nullable=False),
    sa.Column('description', sa.Unicode(length=100), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('segment_no', key(20), nullable=True),
    sa.Column('salesperson_code', key(20), nullable=True),
    sa.Column('user_id', sa.Unicode(length=50), nullable=False),
    sa.Column('canceled', sa.Boolean(), nullable=False),
    sa.Column('logged_segment_entry_no', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['campaign_no'], ['campaign.no'], name=op.f('fk_campaign_entry_campaign_no')),
    sa.ForeignKeyConstraint(['logged_segment_entry_no'], ['logged_segment.entry_no'], name=op.f('fk_campaign_entry_logged_segment_entry_no')),
    sa.ForeignKeyConstraint(['salesperson_code'], ['salesperson.code'], name=op.f('fk_campaign_entry_salesperson_code')),
    sa.PrimaryKeyConstraint('entry_no', name=op.f('pk_campaign_entry')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_campaign_entry_logged_segment_entry_no', 'campaign_entry', ['logged_segment_entry_no'], unique=False)
    op.create_index('uq_campaign_entry_by_hand', 'campaign_entry', ['campaign_no'], unique=True, sqlite_where=sa.text('segment_no IS NULL'), postgresql_where=sa.text('segment_no IS NULL'))
    op.create_index('uq_campaign_entry_logged_segment', 'campaign_entry', ['campaign_no', 'logged_segment_entry_no'], unique=True)
    op.create_table('interaction_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', key(10), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('description', sa.Unicode(length=100), nullable=False),
    sa.Column('group_code', key(10), nullable=True),
    sa.Column('unit_cost', MONEY, nullable=False),
    sa.Column('unit_duration', sa.Integer(), nullable=False),
    sa.Column('information_flow', key(10), nullable=True),
    sa.Column('initiated_by', key(10), nullable=True),
    sa.Column('correspondence_type_default', key(10), nullable=True),
    sa.Column('ignore_contact_correspondence_type', sa.Boolean(), nullable=False),
    sa.Column('language_code_default', key(10), nullable=True),
    sa.Column('campaign_no', key(20), nullable=True),
    sa.Column('campaign_target', sa.Boolean(), nullable=False),
    sa.Column('campaign_response', sa.Boolean(), nullable=False),
    sa.Column('blocked', sa.Boolean(), nullable=False),
    sa.CheckConstraint("correspondence_type_default IN ('HARD_COPY', 'EMAIL', 'FAX')", name=op.f('ck_interaction_template_correspondence_type_default')),
    sa.CheckConstraint("information_flow IN ('OUTBOUND', 'INBOUND')", name=op.f('ck_interaction_template_information_flow')),
    sa.CheckConstraint("initiated_by IN ('US', 'THEM')", name=op.f('ck_interaction_template_initiated_by')),
    sa.CheckConstraint('unit_cost >= 0', name=op.f('ck_interaction_template_unit_cost')),
    sa.CheckConstraint('unit_duration BETWEEN 0 AND 525600', name=op.f('ck_interaction_template_unit_duration')),
    sa.ForeignKeyConstraint(['campaign_no'], ['campaign.no'], name=op.f('fk_interaction_template_campaign_no')),
    sa.ForeignKeyConstraint(['group_code'], ['interaction_group.code'], name=op.f('fk_interaction_template_group_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interaction_template')),
    sa.UniqueConstraint('code', name=op.f('uq_interaction_template_code')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_interaction_template_group_code_code', 'interaction_template', ['group_code', 'code'], unique=False)
    op.create_table('interaction_log_entry',
    sa.Column('entry_no', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('contact_no', key(20), nullable=True),
    sa.Column('company_no', key(20), nullable=True),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('time_of_interaction', CLOCK, nullable=False),
    sa.Column('description', sa.Unicode(length=100), nullable=False),
    sa.Column('subject', sa.Unicode(length=100), nullable=True),
    sa.Column('template_code', key(10), nullable=True),
    sa.Column('group_code', key(10), nullable=True),
    sa.Column('salesperson_code', key(20), nullable=True),
    sa.Column('campaign_no', key(20), nullable=True),
    sa.Column('campaign_entry_no', sa.Integer(), nullable=True),
    sa.Column('campaign_target', sa.Boolean(), nullable=False),
    sa.Column('campaign_response', sa.Boolean(), nullable=False),
    sa.Column('information_flow', key(10), nullable=True),
    sa.Column('initiated_by', key(10), nullable=True),
    sa.Column('correspondence_type', key(10), nullable=True),
    sa.Column('language_code', key(10), nullable=True),
    sa.Column('evaluation', key(20), nullable=True),
    sa.Column('attempt_failed', sa.Boolean(), nullable=False),
    sa.Column('cost', MONEY, nullable=False),
    sa.Column('duration', sa.Integer(), nullable=False),
    sa.Column('contact_via', sa.Unicode(length=80), nullable=True),
    sa.Column('segment_no', key(20), nullable=True),
    sa.Column('logged_segment_entry_no', sa.Integer(), nullable=True),
    sa.Column('canceled', sa.Boolean(), nullable=False),
    sa.Column('user_id', sa.Unicode(length=50), nullable=False),
    sa.Column('logged_at', INSTANT, nullable=False),
    sa.CheckConstraint("correspondence_type IN ('HARD_COPY', 'EMAIL', 'FAX')", name=op.f('ck_interaction_log_entry_correspondence_type')),
    sa.CheckConstraint("evaluation IN ('VERY_POSITIVE', 'POSITIVE', 'NEUTRAL', 'NEGATIVE', 'VERY_NEGATIVE')", name=op.f('ck_interaction_log_entry_evaluation')),
    sa.CheckConstraint("information_flow IN ('OUTBOUND', 'INBOUND')", name=op.f('ck_interaction_log_entry_information_flow')),
    sa.CheckConstraint("initiated_by IN ('US', 'THEM')", name=op.f('ck_interaction_log_entry_initiated_by')),
    sa.CheckConstraint('cost >= 0', name=op.f('ck_interaction_log_entry_cost')),
    sa.CheckConstraint('duration BETWEEN 0 AND 525600', name=op.f('ck_interaction_log_entry_duration')),
    sa.ForeignKeyConstraint(['campaign_entry_no'], ['campaign_entry.entry_no'], name=op.f('fk_interaction_log_entry_campaign_entry_no')),
    sa.ForeignKeyConstraint(['campaign_no'], ['campaign.no'], name=op.f('fk_interaction_log_entry_campaign_no')),
    sa.ForeignKeyConstraint(['company_no'], ['contact.no'], name=op.f('fk_interaction_log_entry_company_no')),
    sa.ForeignKeyConstraint(['contact_no'], ['contact.no'], name=op.f('fk_interaction_log_entry_contact_no')),
    sa.ForeignKeyConstraint(['group_code'], ['interaction_group.code'], name=op.f('fk_interaction_log_entry_group_code')),
    sa.ForeignKeyConstraint(['logged_segment_entry_no'], ['logged_segment.entry_no'], name=op.f('fk_interaction_log_entry_logged_segment_entry_no')),
    sa.ForeignKeyConstraint(['salesperson_code'], ['salesperson.code'], name=op.f('fk_interaction_log_entry_salesperson_code')),
    sa.ForeignKeyConstraint(['template_code'], ['interaction_template.code'], name=op.f('fk_interaction_log_entry_template_code')),
    sa.PrimaryKeyConstraint('entry_no', name=op.f('pk_interaction_log_entry'))
    )
    op.create_index('ix_interaction_log_entry_campaign_entry_no', 'interaction_log_entry', ['campaign_entry_no'], unique=False, sqlite_where=sa.text('campaign_entry_no IS NOT NULL'), postgresql_where=sa.text('campaign_entry_no IS NOT NULL'))
    op.create_index('ix_interaction_log_entry_campaign_no', 'interaction_log_entry', ['campaign_no', 'date', 'time_of_interaction', 'entry_no'], unique=False, sqlite_where=sa.text('campaign_no IS NOT NULL'), postgresql_where=sa.text('campaign_no IS NOT NULL'))
    op.create_index('ix_interaction_log_entry_company', 'interaction_log_entry', ['company_no', 'date', 'time_of_interaction', 'entry_no'], unique=False)
    op.create_index('ix_interaction_log_entry_contact', 'interaction_log_entry', ['contact_no', 'date', 'time_of_interaction', 'entry_no'], unique=False)
    op.create_index('ix_interaction_log_entry_logged_segment_entry_no', 'interaction_log_entry', ['logged_segment_entry_no', 'date', 'time_of_interaction', 'entry_no'], unique=False, sqlite_where=sa.text('logged_segment_entry_no IS NOT NULL'), postgresql_where=sa.text('logged_segment_entry_no IS NOT NULL'))
    op.create_index('ix_interaction_log_entry_newest', 'interaction_log_entry', ['date', 'time_of_interaction', 'entry_no'], unique=False)
    op.create_index('ix_interaction_log_entry_salesperson', 'interaction_log_entry', ['salesperson_code', 'date', 'time_of_interaction', 'entry_no'], unique=False)
    op.create_index('ix_interaction_log_entry_segment_no', 'interaction_log_entry', ['segment_no', 'date', 'time_of_interaction', 'entry_no'], unique=False, sqlite_where=sa.text('segment_no IS NOT NULL'), postgresql_where=sa.text('segment_no IS NOT NULL'))
    op.create_index('ix_interaction_log_entry_template', 'interaction_log_entry', ['template_code', 'date', 'time_of_interaction', 'entry_no'], unique=False)
    op.create_table('interaction_template_translation',
    sa.Column('template_code', key(10), nullable=False),
    sa.Column('language_code', key(10), nullable=False),
    sa.Column('description', sa.Unicode(length=100), nullable=False),
    sa.ForeignKeyConstraint(['template_code'], ['interaction_template.code'], name=op.f('fk_interaction_template_translation_template_code')),
    sa.PrimaryKeyConstraint('template_code', 'language_code', name=op.f('pk_interaction_template_translation'))
    )
    op.create_table('postponed_interaction',
    sa.Column('entry_no', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('contact_no', key(20), nullable=True),
    sa.Column('company_no', key(20), nullable=True),
    sa.Column('date', sa.Date(), nullable=True),
    sa.Column('time_of_interaction', CLOCK, nullable=True),
    sa.Column('description', sa.Unicode(length=100), nullable=True),
    sa.Column('template_code', key(10), nullable=True),
    sa.Column('group_code', key(10), nullable=True),
    sa.Column('salesperson_code', key(20), nullable=True),
    sa.Column('campaign_no', key(20), nullable=True),
    sa.Column('campaign_target', sa.Boolean(), nullable=False),
    sa.Column('campaign_response', sa.Boolean(), nullable=False),
    sa.Column('information_flow', key(10), nullable=True),
    sa.Column('initiated_by', key(10), nullable=True),
    sa.Column('correspondence_type', key(10), nullable=True),
    sa.Column('language_code', key(10), nullable=True),
    sa.Column('evaluation', key(20), nullable=True),
    sa.Column('attempt_failed', sa.Boolean(), nullable=False),
    sa.Column('cost', MONEY, nullable=True),
    sa.Column('duration', sa.Integer(), nullable=True),
    sa.Column('contact_via', sa.Unicode(length=80), nullable=True),
    sa.Column('resume_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.Unicode(length=250), nullable=True),
    sa.Column('user_id', sa.Unicode(length=50), nullable=False),
    sa.Column('postponed_at', INSTANT, nullable=False),
    sa.CheckConstraint("correspondence_type IN ('HARD_COPY', 'EMAIL', 'FAX')", name=op.f('ck_postponed_interaction_correspondence_type')),
    sa.CheckConstraint("evaluation IN ('VERY_POSITIVE', 'POSITIVE', 'NEUTRAL', 'NEGATIVE', 'VERY_NEGATIVE')", name=op.f('ck_postponed_interaction_evaluation')),
    sa.CheckConstraint("information_flow IN ('OUTBOUND', 'INBOUND')", name=op.f('ck_postponed_interaction_information_flow')),
    sa.CheckConstraint("initiated_by IN ('US', 'THEM')", name=op.f('ck_postponed_interaction_initiated_by')),
    sa.CheckConstraint('cost >= 0', name=op.f('ck_postponed_interaction_cost')),
    sa.CheckConstraint('duration BETWEEN 0 AND 525600', name=op.f('ck_postponed_interaction_duration')),
    sa.ForeignKeyConstraint(['campaign_no'], ['campaign.no'], name=op.f('fk_postponed_interaction_campaign_no')),
    sa.ForeignKeyConstraint(['company_no'], ['contact.no'], name=op.f('fk_postponed_interaction_company_no')),
    sa.ForeignKeyConstraint(['contact_no'], ['contact.no'], name=op.f('fk_postponed_interaction_contact_no')),
    sa.ForeignKeyConstraint(['group_code'], ['interaction_group.code'], name=op.f('fk_postponed_interaction_group_code')),
    sa.ForeignKeyConstraint(['salesperson_code'], ['salesperson.code'], name=op.f('fk_postponed_interaction_salesperson_code')),
    sa.ForeignKeyConstraint(['template_code'], ['interaction_template.code'], name=op.f('fk_postponed_interaction_template_code')),
    sa.PrimaryKeyConstraint('entry_no', name=op.f('pk_postponed_interaction'))
    )
    op.create_index('ix_postponed_interaction_company_no', 'postponed_interaction', ['company_no', 'entry_no'], unique=False)
    op.create_index('ix_postponed_interaction_contact_no', 'postponed_interaction', ['contact_no', 'entry_no'], unique=False)
    op.create_index('ix_postponed_interaction_resume_on', 'postponed_interaction', ['resume_on', 'entry_no'], unique=False)
    op.create_index('ix_postponed_interaction_salesperson_code', 'postponed_interaction', ['salesperson_code', 'entry_no'], unique=False)
    op.create_table('segment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('no', key(20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('description', sa.Unicode(length=100), nullable=True),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('salesperson_code', key(20), nullable=True),
    sa.Column('campaign_no', key(20), nullable=True),
    sa.Column('template_code', key(10), nullable=True),
    sa.Column('group_code', key(10), nullable=True),
    sa.Column('unit_cost', MONEY, nullable=False),
    sa.Column('unit_duration', sa.Integer(), nullable=False),
    sa.Column('information_flow', key(10), nullable=True),
    sa.Column('initiated_by', key(10), nullable=True),
    sa.Column('campaign_target', sa.Boolean(), nullable=False),
    sa.Column('campaign_response', sa.Boolean(), nullable=False),
    sa.Column('correspondence_type_default', key(10), nullable=True),
    sa.Column('ignore_contact_correspondence_type', sa.Boolean(), nullable=False),
    sa.Column('language_code_default', key(10), nullable=True),
    sa.Column('subject_default', sa.Unicode(length=100), nullable=True),
    sa.Column('follow_up_of', sa.Integer(), nullable=True),
    sa.Column('logged_segment_entry_no', sa.Integer(), nullable=True),
    sa.Column('last_line_no', sa.Integer(), nullable=False),
    sa.CheckConstraint("correspondence_type_default IN ('HARD_COPY', 'EMAIL', 'FAX')", name=op.f('ck_segment_correspondence_type_default')),
    sa.CheckConstraint("information_flow IN ('OUTBOUND', 'INBOUND')", name=op.f('ck_segment_information_flow')),
    sa.CheckConstraint("initiated_by IN ('US', 'THEM')", name=op.f('ck_segment_initiated_by')),
    sa.CheckConstraint('unit_cost >= 0', name=op.f('ck_segment_unit_cost')),
    sa.CheckConstraint('unit_duration BETWEEN 0 AND 525600', name=op.f('ck_segment_unit_duration')),
    sa.ForeignKeyConstraint(['campaign_no'], ['campaign.no'], name=op.f('fk_segment_campaign_no')),
    sa.ForeignKeyConstraint(['follow_up_of'], ['logged_segment.entry_no'], name=op.f('fk_segment_follow_up_of')),
    sa.ForeignKeyConstraint(['group_code'], ['interaction_group.code'], name=op.f('fk_segment_group_code')),
    sa.ForeignKeyConstraint(['logged_segment_entry_no'], ['logged_segment.entry_no'], name=op.f('fk_segment_logged_segment_entry_no')),
    sa.ForeignKeyConstraint(['salesperson_code'], ['salesperson.code'], name=op.f('fk_segment_salesperson_code')),
    sa.ForeignKeyConstraint(['template_code'], ['interaction_template.code'], name=op.f('fk_segment_template_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_segment')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_segment_follow_up_of', 'segment', ['follow_up_of'], unique=False)
    op.create_index('ix_segment_logged_segment_entry_no', 'segment', ['logged_segment_entry_no'], unique=False)
    op.create_index('ix_segment_no', 'segment', ['no'], unique=False)
    op.create_index('uq_segment_open_no', 'segment', ['no'], unique=True, sqlite_where=sa.text('logged_segment_entry_no IS NULL'), postgresql_where=sa.text('logged_segment_entry_no IS NULL'))
    op.create_table('segment_line',
    sa.Column('segment_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('line_no', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('customized', sa.Integer(), nullable=False),
    sa.Column('contact_no', key(20), nullable=True),
    sa.Column('company_no', key(20), nullable=True),
    sa.Column('template_code', key(10), nullable=True),
    sa.Column('group_code', key(10), nullable=True),
    sa.Column('description', sa.Unicode(length=100), nullable=True),
    sa.Column('subject', sa.Unicode(length=100), nullable=True),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('time_of_interaction', CLOCK, nullable=True),
    sa.Column('salesperson_code', key(20), nullable=True),
    sa.Column('campaign_no', key(20), nullable=True),
    sa.Column('cost', MONEY, nullable=False),
    sa.Column('duration', sa.Integer(), nullable=False),
    sa.Column('information_flow', key(10), nullable=True),
    sa.Column('initiated_by', key(10), nullable=True),
    sa.Column('campaign_target', sa.Boolean(), nullable=False),
    sa.Column('campaign_response', sa.Boolean(), nullable=False),
    sa.Column('correspondence_type', key(10), nullable=True),
    sa.Column('language_code', key(10), nullable=True),
    sa.Column('evaluation', key(20), nullable=True),
    sa.Column('attempt_failed', sa.Boolean(), nullable=False),
    sa.CheckConstraint("correspondence_type IN ('HARD_COPY', 'EMAIL', 'FAX')", name=op.f('ck_segment_line_correspondence_type')),
    sa.CheckConstraint("evaluation IN ('VERY_POSITIVE', 'POSITIVE', 'NEUTRAL', 'NEGATIVE', 'VERY_NEGATIVE')", name=op.f('ck_segment_line_evaluation')),
    sa.CheckConstraint("information_flow IN ('OUTBOUND', 'INBOUND')", name=op.f('ck_segment_line_information_flow')),
    sa.CheckConstraint("initiated_by IN ('US', 'THEM')", name=op.f('ck_segment_line_initiated_by')),
    sa.CheckConstraint('cost >= 0', name=op.f('ck_segment_line_cost')),
    sa.CheckConstraint('duration BETWEEN 0 AND 525600', name=op.f('ck_segment_line_duration')),
    sa.ForeignKeyConstraint(['campaign_no'], ['campaign.no'], name=op.f('fk_segment_line_campaign_no')),
    sa.ForeignKeyConstraint(['company_no'], ['contact.no'], name=op.f('fk_segment_line_company_no')),
    sa.ForeignKeyConstraint(['contact_no'], ['contact.no'], name=op.f('fk_segment_line_contact_no')),
    sa.ForeignKeyConstraint(['group_code'], ['interaction_group.code'], name=op.f('fk_segment_line_group_code')),
    sa.ForeignKeyConstraint(['salesperson_code'], ['salesperson.code'], name=op.f('fk_segment_line_salesperson_code')),
    sa.ForeignKeyConstraint(['segment_id'], ['segment.id'], name=op.f('fk_segment_line_segment_id')),
    sa.ForeignKeyConstraint(['template_code'], ['interaction_template.code'], name=op.f('fk_segment_line_template_code')),
    sa.PrimaryKeyConstraint('segment_id', 'line_no', name=op.f('pk_segment_line'))
    )
    op.create_index('ix_segment_line_contact_no', 'segment_line', ['contact_no', 'segment_id'], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(FOLD.replace(":", "\\:")))
        op.execute("CREATE SEQUENCE interaction_entry_no AS integer")
    first_day()


def first_day() -> None:
    """A new company starts with number series for contacts, segments and campaigns (K23)."""
    series = sa.table(
        "number_series", *map(sa.column, ("code", "version", "description", "default_nos", "manual_nos", "date_order"))
    )
    lines = sa.table("number_series_line", *map(sa.column, ("series_code", "line_no", "starting_no", "increment_by", "open")))
    setup = sa.table("marketing_setup", *map(sa.column, (
        "id", "version", "contact_nos", "segment_nos", "campaign_nos", "time_zone", "currency_code", "first_day_of_week",
        "inherit_salesperson", "inherit_territory", "inherit_country", "inherit_language", "inherit_address",
        "inherit_communication",
    )))
    runs = (("CONT", "Contacts", "CT000001"), ("SEGM", "Segments", "SM00001"), ("CAMP", "Campaigns", "CP0001"))
    for code, description, starting_no in runs:
        op.execute(series.insert().values(
            code=code, version=1, description=description, default_nos=sa.true(), manual_nos=sa.true(), date_order=sa.false()
        ))
        op.execute(
            lines.insert().values(series_code=code, line_no=1, starting_no=starting_no, increment_by=1, open=sa.true())
        )
    op.execute(setup.insert().values(
        id=1, version=1, contact_nos="CONT", segment_nos="SEGM", campaign_nos="CAMP", time_zone="UTC", currency_code="EUR",
        first_day_of_week=1, inherit_salesperson=sa.true(), inherit_territory=sa.true(), inherit_country=sa.true(),
        inherit_language=sa.true(), inherit_address=sa.true(), inherit_communication=sa.true(),
    ))
    op.execute(sa.table("interaction_entry_counter", sa.column("id"), sa.column("last_no")).insert().values(id=1, last_no=0))


def downgrade() -> None:
    op.drop_index('ix_segment_line_contact_no', table_name='segment_line')
    op.drop_table('segment_line')
    op.drop_index('uq_segment_open_no', table_name='segment', sqlite_where=sa.text('logged_segment_entry_no IS NULL'), postgresql_where=sa.text('logged_segment_entry_no IS NULL'))
    op.drop_index('ix_segment_no', table_name='segment')
    op.drop_index('ix_segment_logged_segment_entry_no', table_name='segment')
    op.drop_index('ix_segment_follow_up_of', table_name='segment')
    op.drop_table('segment')
    op.drop_index('ix_postponed_interaction_salesperson_code', table_name='postponed_interaction')
    op.drop_index('ix_postponed_interaction_resume_on', table_name='postponed_interaction')
    op.drop_index('ix_postponed_interaction_contact_no', table_name='postponed_interaction')
    op.drop_index('ix_postponed_interaction_company_no', table_name='postponed_interaction')
    op.drop_table('postponed_interaction')
    op.drop_table('interaction_template_translation')
    op.drop_index('ix_interaction_log_entry_template', table_name='interaction_log_entry')
    op.drop_index('ix_interaction_log_entry_segment_no', table_name='interaction_log_entry', sqlite_where=sa.text('segment_no IS NOT NULL'), postgresql_where=sa.text('segment_no IS NOT NULL'))
    op.drop_index('ix_interaction_log_entry_salesperson', table_name='interaction_log_entry')
    op.drop_index('ix_interaction_log_entry_newest', table_name='interaction_log_entry')
    op.drop_index('ix_interaction_log_entry_logged_segment_entry_no', table_name='interaction_log_entry', sqlite_where=sa.text('logged_segment_entry_no IS NOT NULL'), postgresql_where=sa.text('logged_segment_entry_no IS NOT NULL'))
    op.drop_index('ix_interaction_log_entry_contact', table_name='interaction_log_entry')
    op.drop_index('ix_interaction_log_entry_company', table_name='interaction_log_entry')
    op.drop_index('ix_interaction_log_entry_campaign_no', table_name='interaction_log_entry', sqlite_where=sa.text('campaign_no IS NOT NULL'), postgresql_where=sa.text('campaign_no IS NOT NULL'))
    op.drop_index('ix_interaction_log_entry_campaign_entry_no', table_name='interaction_log_entry', sqlite_where=sa.text('campaign_entry_no IS NOT NULL'), postgresql_where=sa.text('campaign_entry_no IS NOT NULL'))
    op.drop_table('interaction_log_entry')
    op.drop_index('ix_interaction_template_group_code_code', table_name='interaction_template')
    op.drop_table('interaction_template')
    op.drop_index('uq_campaign_entry_logged_segment', table_name='campaign_entry')
    op.drop_index('uq_campaign_entry_by_hand', table_name='campaign_entry', sqlite_where=sa.text('segment_no IS NULL'), postgresql_where=sa.text('segment_no IS NULL'))
    op.drop_index('ix_campaign_entry_logged_segment_entry_no', table_name='campaign_entry')
    op.drop_table('campaign_entry')
    op.drop_table('number_series_line')
    op.drop_table('marketing_setup')
    op.drop_table('interaction_group_translation')
    op.drop_index('ix_contact_search_name_no', table_name='contact')
    op.drop_index('ix_contact_search_company_name_no', table_name='contact')
    op.drop_index('ix_contact_search_city_no', table_name='contact')
    op.drop_index('ix_contact_salesperson_code_no', table_name='contact')
    op.drop_index('ix_contact_company_no_no', table_name='contact')
    op.drop_table('contact')
    op.drop_table('campaign')
    op.drop_index('ix_salesperson_search_name_code', table_name='salesperson')
    op.drop_table('salesperson')
    op.drop_table('number_series')
    op.drop_index('ix_logged_segment_segment_no', table_name='logged_segment')
    op.drop_index('ix_logged_segment_follow_up_of', table_name='logged_segment')
    op.drop_table('logged_segment')
    op.drop_table('interaction_group')
    op.drop_table('interaction_entry_counter')
    op.drop_table('interaction_comment')
    op.drop_index(op.f('ix_idempotency_key_at'), table_name='idempotency_key')
    op.drop_table('idempotency_key')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE interaction_entry_no")
        op.execute("DROP FUNCTION carnet_fold(text)")
