"""Descriptions of the fields that hold the number or code of another object, beside the edge to the object. Tools that
show tables take them as columns, and nothing but the row itself is read.
"""

CONTACT_NO = "The number of the contact, as in `contact { no }`. Null without a contact."
COMPANY_NO = (
    "The number of the contact's company; of a logged interaction that of the company that the contact had when it was "
    "logged. For a company its own number. Null for a person without a company."
)
TEMPLATE_CODE = "The code of the template, as in `template { code }`. Null without a template."
GROUP_CODE = "The code of the interaction group, as in `group { code }`. Null without a group."
SALESPERSON_CODE = "The code of the salesperson, as in `salesperson { code }`. Null without a salesperson."
CAMPAIGN_NO = "The number of the campaign, as in `campaign { no }`. Null without a campaign."
LOGGED_SEGMENT_ENTRY_NO = (
    "The entry number of the logged segment, as in `loggedSegment { entryNo }`. Null if the interaction was logged "
    "without a segment."
)
