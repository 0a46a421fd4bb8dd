"""Any method of ours that RPC may call, with any arguments, as anybody."""


def fuzz(env, seconds, seed):
    """Return figures and faults; a fault names the seed that it is found at again."""
    # Only now: the add-on's modules can't be had outside Odoo.
    from odoo.addons.crm_club.tests.record.rpc_fuzz_case import RpcFuzzCase

    try:
        RpcFuzzCase.setUpClass()
        case = RpcFuzzCase("fuzz")
        case.fuzz(seed, seconds=seconds)
    finally:
        RpcFuzzCase.doClassCleanups()
    return case.get_result()
