"""The queries of the benchmarks, as each implementation needs them."""

W1 = """query W1 { log: interactionLogEntries(first: 100) { nodes { entryNo date description informationFlow initiatedBy cost
duration evaluation contact { no name } template { code description } salesperson { code name } }
pageInfo { hasNextPage endCursor } } }"""
W2 = """query W2($no: String!) { contact(no: $no) { no name city email
log: interactionLogEntries(first: 20) { nodes { entryNo date description cost } } } }"""
W3 = """query W3($sp: String) { contacts(first: 50, filter: {salespersonCode: {eq: $sp}}) { nodes { no name
log: interactionLogEntries(first: 5) { nodes { entryNo date description cost template { code description } } } } } }"""
W5 = """mutation W5($c: String!, $t: String!, $s: String!, $d: String!) { made: createInteraction(input: {interaction:
{contactNo: $c, templateCode: $t, salespersonCode: $s, description: $d}}) { entry: interactionLogEntry
{ entryNo date description cost } } }"""

CARNET = {"w1": W1, "w2": W2, "w3": W3, "w5": W5}

NEWEST = "orderBy: [DATE_DESC, TIME_OF_INTERACTION_DESC, ENTRY_NO_DESC]"
POSTGRAPHILE = {
    "w1": f"""query W1 {{ log: allInteractionLogEntries(first: 100, {NEWEST}) {{ nodes {{ entryNo date description
informationFlow initiatedBy cost duration evaluation contact: contactByContactNo {{ no name }}
template: interactionTemplateByTemplateCode {{ code description }} salesperson: salespersonBySalespersonCode {{ code name }} }}
pageInfo {{ hasNextPage endCursor }} }} }}""",
    "w2": f"""query W2($no: String!) {{ contact: contactByNo(no: $no) {{ no name city email
log: interactionLogEntriesByContactNo(first: 20, {NEWEST}) {{ nodes {{ entryNo date description cost }} }} }} }}""",
    "w3": f"""query W3($sp: String) {{ contacts: allContacts(first: 50, orderBy: NO_ASC, condition: {{salespersonCode: $sp}}) {{
nodes {{ no name log: interactionLogEntriesByContactNo(first: 5, {NEWEST}) {{ nodes {{ entryNo date description cost
template: interactionTemplateByTemplateCode {{ code description }} }} }} }} }} }}""",
    "w5": """mutation W5($c: String!, $t: String!, $s: String!, $d: String!) { made: createInteraction(input:
{contactNo: $c, templateCode: $t, salespersonCode: $s, description: $d}) { entry: result
{ entryNo date description cost } } }""",
}

VARIABLES = {
    "w1": ("{}", 0),
    "w2": ('{"no":"CT%06d"}', 99_999),
    "w3": ('{"sp":"SP%03d"}', 99),
    "w5": ('{"c":"CT%06d","t":"TPL07","s":"SP011","d":"bench"}', 99_999),
}
"""The variables of one request; %d is a random number up to the second part."""
