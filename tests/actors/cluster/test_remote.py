from tests.actors.cluster.conftest import StartNode
from tests.actors.cluster.party import gather_party


async def test_a_table_sits_at_two_nodes(start_node: StartNode) -> None:
    here, there = await start_node(), await start_node()
    party = await gather_party(here)
    ann, ben = party.players
    async with (
        party.sit(party.dm, here) as dm,
        party.sit(ann, there) as ann_there,
        party.sit(ben, here) as ben_here,
    ):
        await dm.start()
        await dm.reveal(["0,0", "1,0"])

        assert (await ann_there.until("hex:revealed"))["hexKeys"] == ["0,0", "1,0"]
        assert (await ben_here.until("hex:revealed"))["hexKeys"] == ["0,0", "1,0"]
        assert dm.state["seq"] < dm.seq


async def test_who_is_at_another_node_commands_in_order(start_node: StartNode) -> None:
    here, there = await start_node(), await start_node()
    party = await gather_party(here)
    async with party.sit(party.dm, here) as watching, party.sit(party.dm, there) as dm:
        await dm.start()
        for q in range(50):
            await dm.reveal([f"{q},0"])
        told = [(await watching.until("hex:revealed"))["hexKeys"] for _ in range(50)]

        assert told == [[f"{q},0"] for q in range(50)]
        assert watching.seq == dm.seq
