# SPDX-License-Identifier: GPL-2.0
"""
In which order to look at blocks: a weak topological order (Bourdoncle, 1993).

A list of blocks and of loops, (head, list of the same); each edge that does not
lead on in it leads to the head of a loop that it comes from.
"""


def components(starts, nodes, successors):
    """Strongly connected components among the nodes, each with its first node first."""
    index, low, stack, on, out = {}, {}, [], set(), []
    for start in starts:
        if start in index or start not in nodes:
            continue
        path = []

        def enter(node):
            index[node] = low[node] = len(index)
            stack.append(node)
            on.add(node)
            path.append((node, iter(successors(node))))

        enter(start)
        while path:
            node, ways = path[-1]
            to = next((t for t in ways if t in nodes and (t not in index or t in on)), None)
            if to is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    at = stack.index(node)
                    out.append(stack[at:])
                    on -= set(stack[at:])
                    del stack[at:]
            elif to in index:
                low[node] = min(low[node], index[to])
            else:
                enter(to)
    return out[::-1]


def order(starts, nodes, successors):
    out = []
    for component in components(starts, nodes, successors):
        head = component[0]
        if len(component) == 1 and head not in successors(head):
            out.append(head)
        else:
            out.append((head, order(successors(head), set(component[1:]), successors)))
    return out


def blocks_of(each):
    """All blocks of an element of such an order."""
    if isinstance(each[1], list):
        return {each[0]}.union(*map(blocks_of, each[1]))
    return {each}


def islands(starts, successors):
    """(starts, nodes) that have no edges between each other."""
    beside, todo = {}, list(starts)
    while todo:
        node = todo.pop()
        if beside.setdefault(node, set()):
            continue
        beside[node].add(node)
        todo += successors(node)
    for node in list(beside):
        for to in successors(node):
            beside[node].add(to)
            beside[to].add(node)
    seen = set()
    for start in starts:
        if start in seen:
            continue
        nodes, todo = set(), [start]
        while todo:
            node = todo.pop()
            if node not in nodes:
                nodes.add(node)
                todo += beside[node]
        seen |= nodes
        yield [s for s in starts if s in nodes], nodes
