"""
Vocabulary: the words that orders in English are made of, the most frequent first.

By them words are told apart where letters stand all alike. Counted were the texts of `corpus/`, as far as the standard
library uses the words, too; what only orders are made of was added.
"""

__all__ = ["VOCABULARY"]

VOCABULARY = tuple(
    """
    the a to i it and you in of for that is with on what my me one do not as how at if by be from no this your so
    are can about an which we have please was has tell say there write only all they then or out them two like
    first when would assistant read but may up been each text give now never ignore before does three line without
    must told name system should rules use user time after will go into last need get here list any where open see
    prompt just every instructions want order make end other number back were right since everything its message
    override next reply old day call rule new help because year role forget over more than way send note until
    these once code table long part show set same stop work previous file full request run left always else check
    change start their data act between second also being both even real given through most form done per secret
    find written password log called report week some numbers print delete such above those whether type return
    access key following hidden messages side used version writing copy sign add example lines found another date
    token already names many itself address pretend reading empty none mean try description root disregard
    complete wait points true point content field times follow repeat character error instead output close
    instruction reveal takes while mode link release exactly top case whose unless ignored normal within group
    action secrets block including internal input opened false helper removed tokens screen base level otherwise
    email developer least running files contains include caller total program bypass method pass function replace
    earlier information result contain present support private search expected section format printed returns
    member examples length state remove different needed actual clear update client import single disable limits
    safety prompts keys original url execute context initial unrestricted restrictions respond prior constraints
    passwords guidelines filters jailbreak dan valid either mailbox self calls simple package lists details value
    match possible addresses pattern except process exact built passed source using path commands automatically
    cannot items results server network command allow local available string named digits
    """.split(),  # noqa: SIM905 - four hundred lines of one word each say less
)
