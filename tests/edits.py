"""An edit of the shipped dataset that several tests make: one claim more."""

CLAIMS = "data/ttl/iskander-shusha/claims.ttl"
NEW_CLAIM = """
:st61 a cg:Claim ;
    dcterms:identifier "ST61" ;
    rdfs:label "ST61: Aliyev denies that he is President"@en ;
    cg:statementKind cg:said ;
    cg:heldBy actor:ilham-aliyev ;
    cg:hasProposition :that-aliyev-is-president ;
    cg:polarity cg:negative ;
    cg:modality cg:asserted ;
    cg:hasBasis :basis-not-reported ;
    cg:groundedIn :st01-words .
"""
